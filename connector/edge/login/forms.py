"""The form of a code."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django_otp import verify_token

from connector.edge.login.second_factor import SecondFactor

if TYPE_CHECKING:
    from django.forms import TextInput
else:
    from unfold.widgets import UnfoldAdminTextInputWidget as TextInput

WRONG = "That code is not right, or was used before."
EARLY = "After wrong codes there is a wait: the next one is taken in {:,} seconds."


class CodeForm(forms.Form):
    """Takes a code of a person's second factor, which is used up by it."""

    code = forms.CharField(
        max_length=64,
        widget=TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}),
    )

    def __init__(self, factor: SecondFactor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.factor = factor
        instead = ", or a recovery code" if factor.confirmed else ""
        self.fields["code"].help_text = f"The six digits that your authenticator shows{instead}."

    def clean_code(self) -> str:
        may_try, refusal = self.factor.verify_is_allowed()
        if not may_try:
            raise ValidationError(EARLY.format(ceil((refusal["locked_until"] - timezone.now()).total_seconds())))
        verified = verify_token(self.factor.user, self.factor.persistent_id, self.cleaned_data["code"])
        if verified is None:
            raise ValidationError(WRONG)
        self.factor = verified
        return ""
