"""Rate limits of single tenants, where an operator wants them other than the settings say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from connector.edge.admin.pages import ModelAdmin, column
from connector.edge.allowances import CACHE_SECONDS, forget_allowances
from connector.edge.models import Allowance, Token, account_of
from connector.edge.roles import Role
from connector.edge.tenants import with_tenant_names

if TYPE_CHECKING:
    from django.forms import ModelForm as BaseForm
    from django.forms import Select

    ModelForm = BaseForm[Allowance]
else:
    from django.forms import ModelForm
    from unfold.widgets import UnfoldAdminSelectWidget as Select


def unchanged_accounts() -> Iterator[tuple[str, str]]:
    """Yield the tenants that have a token and the usual limits: their account and their name."""
    changed = {str(allowance) for allowance in Allowance.objects.all()}
    tokens = with_tenant_names(Token.objects.exclude(tenant="")).order_by("scope", "tenant_name")
    for scope, tenant, name in tokens.values_list("scope", "tenant", "tenant_name").distinct():
        if account_of(scope, tenant) not in changed:
            yield account_of(scope, tenant), f"{name} ({scope})"


class AllowanceForm(ModelForm):
    class Meta:
        model = Allowance
        fields = ("burst", "steady")
        help_texts = {"steady": f"Calls within a minute; in force everywhere within {CACHE_SECONDS} seconds."}


class NewAllowanceForm(AllowanceForm):
    account = forms.ChoiceField(choices=unchanged_accounts, widget=Select)

    def clean(self) -> None:
        self.instance.scope, _, self.instance.tenant = self.cleaned_data.get("account", "").partition(":")


@column("tenant")
def tenant(allowance: Any) -> str:
    return str(allowance.tenant_name)


@admin.register(Allowance)
class AllowanceAdmin(ModelAdmin):
    """A row for each tenant whose limits are its own; deleting it brings back what the settings say."""

    operated_by = Role.ADMINISTRATOR
    list_display = (tenant, "scope", "burst", "steady")
    ordering = ("scope", "tenant")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_tenant_names(super().get_queryset(request))

    def get_fields(self, _request: HttpRequest, obj: Any = None) -> list[Any]:
        return [tenant if obj else "account", "burst", "steady"]

    def get_readonly_fields(self, _request: HttpRequest, obj: Any = None) -> list[Any]:
        return [tenant] if obj else []

    def get_form(self, request: HttpRequest, obj: Any = None, change: Any = False, **kwargs: Any) -> Any:  # noqa: FBT002 (Django's)
        return super().get_form(request, obj, change, form=AllowanceForm if obj else NewAllowanceForm, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        usual = {"burst": settings.CONNECTOR_RATE_BURST, "steady": settings.CONNECTOR_RATE_STEADY}
        return {**usual, **super().get_changeform_initial_data(request)}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        super().save_model(request, obj, form, change)
        transaction.on_commit(forget_allowances)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        transaction.on_commit(forget_allowances)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        super().delete_queryset(request, queryset)
        transaction.on_commit(forget_allowances)
