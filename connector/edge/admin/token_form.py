"""Issuing a token by form: its text is in the answer to the form and in nothing that is kept."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from connector.edge.models import Client, Scope, Token
from connector.edge.tenants import issuable_scopes, issue_to, nouns

if TYPE_CHECKING:
    from django.forms import Select, TextInput
else:
    from unfold.widgets import UnfoldAdminSelectWidget as Select
    from unfold.widgets import UnfoldAdminTextInputWidget as TextInput


class MomentInput(TextInput):
    input_type = "datetime-local"  # The browser's own calendar.


class IssueTokenForm(forms.Form):
    """Choose a client or name a new one; several tokens of a client may be active at once."""

    client = forms.ModelChoiceField(
        Client.objects.order_by("name"), required=False, empty_label="A new client, named below", widget=Select
    )
    new_client = forms.CharField(max_length=100, required=False, label="New client's name", widget=TextInput)
    scope = forms.ChoiceField(
        choices=lambda: [(scope.value, scope.label) for scope in issuable_scopes()], initial=Scope.WRITE, widget=Select
    )
    tenant = forms.CharField(
        max_length=255,
        required=False,
        widget=TextInput,
        help_text="The name of whom alone it opens the data of, where the scope says so; made when it is new.",
    )
    expires_at = forms.DateTimeField(
        required=False, label="Expires", widget=MomentInput, help_text="In UTC; empty: never."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tenant"].label = " or ".join(nouns()).capitalize()
        if not nouns():
            del self.fields["tenant"]

    def clean_new_client(self) -> str:
        name: str = self.cleaned_data["new_client"]
        if Client.objects.filter(name=name).exists():
            raise ValidationError("There is a client of this name: choose it above.")
        return name

    def clean_expires_at(self) -> datetime | None:
        moment: datetime | None = self.cleaned_data["expires_at"]
        if moment is not None and moment <= timezone.now():
            raise ValidationError("The moment must lie in the future.")
        return moment

    def clean(self) -> dict[str, Any]:
        client, name = self.cleaned_data.get("client"), self.cleaned_data.get("new_client")
        if "new_client" not in self.errors and bool(client) == bool(name):
            raise ValidationError("Choose a client or name a new one, not both.")
        return self.cleaned_data

    def issue(self) -> tuple[Token, str] | None:
        """Return the token and its text; None, and an error of the form, where its tenant cannot be."""
        given = self.cleaned_data
        name = given["client"].name if given["client"] else given["new_client"]
        scope, tenant = Scope(given["scope"]), given.get("tenant", "")
        try:
            return issue_to(client_name=name, scope=scope, tenant_name=tenant, expires_at=given["expires_at"])
        except ValidationError as exc:
            self.add_error("tenant", exc)
            return None
