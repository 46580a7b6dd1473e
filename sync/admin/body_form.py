"""The form in which a person edits a body."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from msgspec.structs import replace

from connector.edge.admin.text import indented
from connector.edge.errors import Fault

if TYPE_CHECKING:
    from django.forms import Textarea
else:
    from unfold.widgets import UnfoldAdminTextareaWidget as Textarea

OTHER_RECORD = "It names another record; the one that this page is about keeps its key."
UNREADABLE = "\ufffd"
LONGEST_INDENTED = 1_000_000  # Far under what Django takes of a form; what came is under the limit of a request.


class BodyForm(forms.Form):
    """A body as text: JSON indented with every number as it came, anything else and what is very long as it is.

    Bytes that are not UTF-8 cannot be shown; each stands as U+FFFD, and must be replaced before anything is kept.
    """

    body = forms.CharField(required=False, strip=False, widget=Textarea({"rows": 28, "class": "edge-code"}))

    def __init__(self, given: Any, *, in_force: bytes) -> None:
        super().__init__(given, initial={"body": editable(in_force)})
        self.is_unreadable = not is_utf8(in_force)
        if self.is_unreadable:
            self.fields["body"].help_text = f"It is not UTF-8: put what is meant in the place of every {UNREADABLE}."

    def clean_body(self) -> str:
        body: str = self.cleaned_data["body"]
        if self.is_unreadable and UNREADABLE in body:
            raise ValidationError(f"There is still a {UNREADABLE}, which stands for what could not be read.")
        return body.replace("\r\n", "\n")  # Browsers send every line's end so.

    @property
    def content(self) -> bytes:
        return str(self.cleaned_data["body"]).encode()


def told_of_form(faults: Iterable[Fault]) -> list[Fault]:
    """Return faults as whoever edits a body understands them: a page names the record, where a request has headers."""
    return [replace(fault, message=OTHER_RECORD) if fault.code == "key_mismatch" else fault for fault in faults]


def editable(content: bytes) -> str:
    text = indented(content)
    return text if len(text) <= LONGEST_INDENTED else content.decode(errors="replace")


def is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True
