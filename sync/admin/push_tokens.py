"""The tokens that Dsync gave us: set here, and never shown again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

from connector.edge.admin.pages import ModelAdmin, column
from connector.edge.admin.text import moment
from connector.edge.roles import Role
from entities.schema import schemas
from sync.models import PushToken
from sync.push.tokens import AUTH, fault_of, set_token

if TYPE_CHECKING:
    from django.forms import ModelForm as BaseForm
    from django.forms import PasswordInput, Select

    ModelForm = BaseForm[PushToken]
else:
    from django.forms import ModelForm
    from unfold.widgets import UnfoldAdminPasswordWidget as PasswordInput
    from unfold.widgets import UnfoldAdminSelectWidget as Select


@column("token")
def name(token: PushToken) -> str:
    return str(token)


@column("set")
def set_at(token: PushToken) -> str:
    return moment(token.set_at)


def unset() -> Iterator[tuple[str, str]]:
    """Yield what has no token yet."""
    known = set(PushToken.objects.values_list("entity", flat=True))
    yield from ((entity, str(PushToken(entity=entity))) for entity in (AUTH, *schemas()) if entity not in known)


class PushTokenForm(ModelForm):
    """Which token it is, and its text, which no answer and no log ever has."""

    entity = forms.ChoiceField(label="Which token", choices=unset, required=False, widget=Select)
    secret = forms.CharField(
        label="Token",
        widget=PasswordInput({"autocomplete": "off"}),
        help_text="It is kept encrypted, and cannot be read here again.",
    )

    class Meta:
        model = PushToken
        fields = ("entity",)

    def clean_secret(self) -> str:
        secret: str = self.cleaned_data["secret"]
        if fault := fault_of(secret):
            raise ValidationError(fault)
        return secret


@admin.register(PushToken)
class PushTokenAdmin(ModelAdmin):
    operated_by = Role.ADMINISTRATOR
    form = PushTokenForm
    list_display = (name, set_at)
    ordering = ("entity",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[PushToken]:
        tokens: QuerySet[PushToken] = super().get_queryset(request).defer("token")
        return tokens  # One that no key opens can be replaced all the same.

    def get_fields(self, _request: HttpRequest, _obj: Any = None) -> list[Any]:
        return ["entity", "secret"]

    def get_readonly_fields(self, _request: HttpRequest, obj: Any = None) -> list[Any]:
        return ["entity"] if obj else []

    def save_model(self, _request: HttpRequest, obj: Any, form: Any, _change: Any) -> None:
        obj.pk = set_token(obj.entity, form.cleaned_data["secret"]).pk
