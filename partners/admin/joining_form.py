"""Letting a partner in by form: its token is in the answer to the form and in nothing that is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.core.exceptions import ValidationError

from partners.audit import Actor
from partners.joining import DEFAULT_COMPANY, Joining, join
from partners.models import Touchpoint

if TYPE_CHECKING:
    from django.forms import PasswordInput, TextInput
else:
    from unfold.widgets import UnfoldAdminPasswordWidget as PasswordInput
    from unfold.widgets import UnfoldAdminTextInputWidget as TextInput


class JoiningForm(forms.Form):
    """The same as `manage.py create_partner`: what there is already is found by its name."""

    name = forms.CharField(label="Partner's name", widget=TextInput, help_text="Made when it is new, and active.")
    company = forms.CharField(initial=DEFAULT_COMPANY, widget=TextInput, help_text="Whose partner it is.")
    principal = forms.CharField(widget=TextInput, help_text="The name that it signs in by.")
    password = forms.CharField(widget=PasswordInput, strip=False, help_text="Its login gets this one.")
    touchpoint = forms.CharField(
        label="Touchpoint's code", widget=TextInput, help_text="One that there is gets a new token; the earlier ends."
    )

    def join(self, actor: Actor) -> tuple[Touchpoint, str] | None:
        """Return the touchpoint and its token; None, and errors of the form, where something cannot be."""
        try:
            return join(Joining(**self.cleaned_data), actor)
        except ValidationError as exc:
            self.add_error(None, exc)
            return None
