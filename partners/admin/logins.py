from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from connector.edge.admin.pages import ModelAdmin, column
from connector.edge.admin.text import moment
from connector.edge.roles import Role
from partners.admin.columns import page_of, role
from partners.joining import LONGEST_PASSWORD, SHORTEST_PASSWORD
from partners.models import Login

if TYPE_CHECKING:
    from django.forms import ModelForm as BaseForm
    from django.forms import PasswordInput

    LoginModelForm = BaseForm[Login]
else:
    from django.forms import ModelForm as LoginModelForm
    from unfold.widgets import UnfoldAdminPasswordWidget as PasswordInput


class LoginForm(LoginModelForm):
    new_password = forms.CharField(
        required=False,
        strip=False,
        min_length=SHORTEST_PASSWORD,
        max_length=LONGEST_PASSWORD,
        widget=PasswordInput,
        help_text="Empty: it stays. A new one ends the sessions of the login.",
    )

    class Meta:
        model = Login
        fields = ("role",)

    def save(self, commit: bool = True) -> Login:  # noqa: FBT001, FBT002 (Django's)
        if self.cleaned_data["new_password"]:
            self.instance.set_password(self.cleaned_data["new_password"])
        return super().save(commit)


@admin.register(Login)
class LoginAdmin(ModelAdmin):
    """Logins come with their touchpoint; here they get another role, or a new password, or are taken away."""

    operated_by = Role.ADMINISTRATOR
    form = LoginForm
    fields = ("principal", "partner", "role", "new_password", "created")
    readonly_fields = ("principal", "partner", "created")
    list_display = ("principal", "of_partner", role, "created")
    list_filter = ("role",)
    list_filter_sheet = False
    list_select_related = ("partner",)
    list_per_page = 50
    search_help_text = "Start of a principal or of a partner's name"
    search_fields = ("principal__startswith", "partner__name__istartswith")
    ordering = ("principal",)

    @column("partner")
    def of_partner(self, row: Login) -> str:
        return page_of(row.partner)

    @column("created")
    def created(self, row: Login) -> str:
        return moment(row.created_at)

    def has_add_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False
