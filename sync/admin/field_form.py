"""The form in which a person edits a body field by field, as the entity's layout has them.

What is not touched stays as it came, unknown members too; a field that is emptied becomes null.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import BoundField

from connector.edge.errors import Fault
from connector.edge.strict_json import Members
from entities.schema import EntitySchema
from entities.schema.fields import FieldSchema
from sync.admin.field_inputs import as_meant, as_typed, form_field, is_misread, line_feeds
from sync.delivery.journal import encode

SEEN = "_seen"  # No column begins so.
OVERTAKEN = "The body was edited since you began. What you wrote is not kept yet: look, and keep it again."


class FieldForm(forms.Form):
    """A field for each column of the layout, and every fault at its own."""

    def __init__(self, given: Any, *, schema: EntitySchema, held: Members, in_force: bytes) -> None:
        super().__init__(given)
        self.schema, self.held = schema, held
        self.now = self.initial[SEEN] = sha256(in_force).hexdigest()
        self.fields[SEEN] = forms.CharField(required=False, widget=forms.HiddenInput)
        for leaf in schema.leaves.values():
            name, value = leaf.column or "", self.value_of(leaf)
            self.fields[name] = form_field(leaf, path_of(schema, leaf), value)
            self.initial[name] = as_typed(leaf, value)

    def value_of(self, leaf: FieldSchema) -> Any:
        value: Any = self.held
        for name in path_of(self.schema, leaf).split("."):
            value = value.get(name) if isinstance(value, dict) else None
        return value

    def sections(self) -> Iterator[tuple[str, list[BoundField]]]:
        """Yield the fields in the groups of the layout."""
        plain = [leaf for field in self.schema.fields if not field.is_group for leaf in field.columns()]
        yield "", [self[leaf.column or ""] for leaf in plain]
        for group in (field for field in self.schema.fields if field.is_group):
            yield group.name, [self[leaf.column or ""] for leaf in group.columns()]

    def clean(self) -> dict[str, Any]:
        self.body = changed_copy(self.held)
        for leaf in self.schema.leaves.values():
            if leaf.column in self.cleaned_data:
                self.take(leaf, line_feeds(self.cleaned_data[leaf.column]))
        if self.cleaned_data.get(SEEN) != self.now:
            given: Any = self.data
            self.data = given.copy()
            self.data[SEEN] = self.now  # type: ignore[index]  # a copy of a QueryDict may be changed
            raise ValidationError(OVERTAKEN, "overtaken")
        return self.cleaned_data

    def take(self, leaf: FieldSchema, typed: str) -> None:
        """Put what was typed into the body, unless it is what stood there."""
        value = self.value_of(leaf)
        if typed == as_typed(leaf, value) and not is_misread(leaf, value):
            return
        try:
            meant = None if typed == "" else as_meant(leaf, typed)
        except ValidationError as exc:
            self.add_error(leaf.column, exc)
            return
        *groups, name = path_of(self.schema, leaf).split(".")
        members = self.body
        for group in groups:
            inner = members.get(group)
            members[group] = members = inner if isinstance(inner, dict) else {}
        members[name] = meant

    @property
    def is_overtaken(self) -> bool:
        """Tell whether somebody else has edited the body since the form was opened."""
        return self.has_error(NON_FIELD_ERRORS, "overtaken")

    @property
    def content(self) -> bytes:
        return encode(self.body)

    def tell(self, faults: Iterable[Fault]) -> None:
        """Show each fault at its field, unless that has one already; what is of none stands above them."""
        told = set(self.errors)
        for fault in faults:
            leaf = next((leaf for leaf in self.schema.leaves.values() if is_within(fault.treekey, leaf.treekey)), None)
            place = fault.treekey.removeprefix(f"{self.schema.name}.")
            of_whole = leaf is not None and fault.treekey == leaf.treekey
            message = fault.message if of_whole else f"{place}: {fault.message}"
            if leaf is None or leaf.column not in told:
                self.add_error(leaf.column if leaf else None, message)


def path_of(schema: EntitySchema, leaf: FieldSchema) -> str:
    return leaf.treekey.removeprefix(f"{schema.name}.")


def changed_copy(members: dict[str, Any]) -> dict[str, Any]:
    """Return an object whose groups may be changed."""
    return {name: changed_copy(value) if isinstance(value, dict) else value for name, value in members.items()}


def is_within(treekey: str, of: str) -> bool:
    return treekey == of or treekey.startswith((f"{of}.", f"{of}["))
