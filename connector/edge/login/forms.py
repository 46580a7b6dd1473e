"""The form of a code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django_otp import verify_token

from connector.edge.login.second_factor import SecondFactor

if TYPE_CHECKING:
    from django.forms import TextInput
else:
    from unfold.widgets import UnfoldAdminTextInputWidget as TextInput

WRONG = "That code is not right, or was used before. After a wrong code the next is taken only some seconds later."


class CodeForm(forms.Form):
    """Takes a code of a person's second factor, which is used up by it."""

    code = forms.CharField(
        max_length=64,
        widget=TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}),
        help_text="The six digits that your authenticator shows, or a recovery code.",
    )

    def __init__(self, factor: SecondFactor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.factor = factor

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        verified = verify_token(self.factor.user, self.factor.persistent_id, code)
        if verified is None:
            raise ValidationError(WRONG)
        self.factor = verified
        return ""
