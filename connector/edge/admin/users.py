"""Django's own users and groups, with the forms of the theme."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as BaseGroupAdmin
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest

from connector.edge.admin.pages import ModelAdmin
from connector.edge.admin.second_factors import SecondFactors
from connector.edge.roles import Role

if TYPE_CHECKING:
    from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm, UserChangeForm
else:
    from unfold.forms import AdminPasswordChangeForm, UserChangeForm
    from unfold.forms import UserCreationForm as AdminUserCreationForm

admin.site.unregister([User, Group])


@admin.register(User)
class UserAdmin(SecondFactors, BaseUserAdmin, ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    """Users; who is no superuser makes none, and has no power over one."""

    viewed_by = operated_by = Role.ADMINISTRATOR
    form = UserChangeForm
    add_form = AdminUserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "email", "is_active", "is_staff", "is_superuser", "with_second_factor", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser")
    actions = ("take_away_second_factors",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        own = super().get_readonly_fields(request, obj)
        return own if request.user.is_superuser else [*own, "is_superuser"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_under(request, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_under(request, obj) and super().has_delete_permission(request, obj)

    def get_deleted_objects(self, rows: Any, request: HttpRequest) -> Any:
        """Have the deletion of several refused where a superuser is among them."""
        found, counts, needed, protected = super().get_deleted_objects(rows, request)
        spared = {"superusers"} if any(not is_under(request, row) for row in rows) else set()
        return found, counts, {*needed, *spared}, protected


def is_under(request: HttpRequest, user: Any) -> bool:
    """Tell whether the user of a request may have power over another, or over users at all."""
    return user is None or request.user.is_superuser or not user.is_superuser


@admin.register(Group)
class GroupAdmin(BaseGroupAdmin, ModelAdmin):
    viewed_by = operated_by = Role.ADMINISTRATOR
