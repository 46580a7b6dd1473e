"""The form in which a person edits a record."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from connector.edge.strict_json import read_object
from sync.admin.body_form import BodyForm
from sync.delivery.journal import encode

OVERTAKEN = "The record has changed since you began; what it holds now stands beside. What you wrote is not kept yet."


class RecordForm(BodyForm):
    """A record as the layout describes it; `seen` is the delivery whose work the person had before their eyes."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, given: Any, *, in_force: bytes, seen: int | None = None) -> None:
        super().__init__(given, in_force=in_force)
        self.now = self.initial["seen"] = str(seen or "")

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data["seen"] != self.now:
            self.data = {**self.data, "body": self.data["body"], "seen": self.now}  # Sent once more, it is meant.
            raise ValidationError(OVERTAKEN)
        return self.cleaned_data


def members_changed(typed: bytes, held: bytes) -> bytes:
    """Return the members that differ from what a record holds; a body with faults as it is, for them to be told."""
    wanted, faults = read_object(typed)
    now, _ = read_object(held)
    if wanted is None or now is None or faults:
        return typed
    return encode({name: value for name, value in wanted.items() if name not in now or now[name] != value})
