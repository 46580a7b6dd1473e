"""A field of the layout as an input of a form: how a value stands in it, and what a text in it means."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from connector.edge.admin.text import indented
from connector.edge.strict_json import number, read_value
from entities.schema.fields import FieldSchema
from entities.schema.readers import PLAIN_DECIMAL, Boolean, Reader, Ruled
from sync.delivery.journal import encode

if TYPE_CHECKING:
    from django.forms import Select, Textarea, TextInput
else:
    from unfold.widgets import UnfoldAdminSelectWidget as Select
    from unfold.widgets import UnfoldAdminTextareaWidget as Textarea
    from unfold.widgets import UnfoldAdminTextInputWidget as TextInput

TRUTH = {"true": True, "false": False}


def is_listed(leaf: FieldSchema) -> bool:
    return leaf.multiple or bool(leaf.children)


def is_misread(leaf: FieldSchema, value: Any) -> bool:
    """Tell whether a value is no text where one is wanted: what the form shows of it is what is meant."""
    return isinstance(value, (int, Decimal)) and not is_listed(leaf) and leaf.type not in ("number", "boolean")


def as_typed(leaf: FieldSchema, value: Any) -> str:
    """Return a value as it stands in its form field; empty where there is none."""
    if value is None:
        return ""
    if isinstance(value, str) and not is_listed(leaf):
        return line_feeds(value)
    return indented(encode(value)) if is_listed(leaf) else encode(value).decode()


def line_feeds(text: str) -> str:
    """Return a text with line feeds alone: a browser sends all ends as CRLF, whatever they were."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def as_meant(leaf: FieldSchema, typed: str) -> Any:
    """Return the value that a text in a form field means; whether it is right is for the validator to say."""
    if is_listed(leaf):
        return read_list(typed)
    if leaf.type == "number" and PLAIN_DECIMAL.fullmatch(typed.strip()):
        return number(typed.strip())
    return TRUTH.get(typed, typed) if leaf.type == "boolean" else typed


def read_list(typed: str) -> Any:
    value = read_value(typed)
    if value is None:
        raise ValidationError("It must be JSON, such as a list in brackets.")
    return value


def form_field(leaf: FieldSchema, label: str, value: Any) -> forms.Field:
    widget = widget_of(leaf, as_typed(leaf, value))
    return forms.CharField(label=label, required=False, strip=False, help_text=help_of(leaf), widget=widget)


def widget_of(leaf: FieldSchema, held: str) -> forms.Widget:
    """Return a choice where the layout has few values, with what is held among them; else room for a text."""
    if choices := choices_of(leaf):
        return Select(choices=[(name, name) for name in dict.fromkeys(["", *choices, held])])
    if is_listed(leaf):
        return Textarea({"rows": 6, "class": "edge-code"})
    is_long = leaf.type == "text" and getattr(plain_reader(leaf), "max_length", 0) is None
    has_lines = "\n" in held  # Which a browser drops in an input of one line, though nobody has touched it.
    return Textarea({"rows": 3}) if is_long or has_lines else TextInput()


def plain_reader(leaf: FieldSchema) -> Reader | None:
    return leaf.reader.inner if isinstance(leaf.reader, Ruled) else leaf.reader


def choices_of(leaf: FieldSchema) -> Sequence[str]:
    """Return the few values that a field takes, none where it takes others."""
    if is_listed(leaf):
        return ()
    if isinstance(leaf.reader, Ruled) and leaf.reader.choices:
        return sorted(map(str, leaf.reader.choices))
    reader = plain_reader(leaf)
    return (reader.spellings or tuple(TRUTH)) if isinstance(reader, Boolean) else ()


def help_of(leaf: FieldSchema) -> str:
    """Return what a person must know of a field: whether it is needed, what it takes, and what it is."""
    kind = f"list of {leaf.type}, as JSON" if leaf.multiple else leaf.type
    needed = "key, " if leaf.primary_key else "required, " if leaf.required else ""
    form = f" in the form {leaf.date_format}" if leaf.date_format else ""
    names = f" of {leaf.foreign_key}" if leaf.foreign_key else ""
    return f"{leaf.description} ({needed}{kind}{form}{names})".strip()
