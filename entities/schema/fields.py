"""`FieldSchema`: one field of the data layout, with all that the rest of the service asks about it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NotRequired, TypedDict

from entities.schema.readers import Reader

FieldType = Literal["text", "number", "url", "email", "date", "time", "datetime", "boolean", "object"]


@dataclass(frozen=True, eq=False)
class FieldSchema:
    """A field of an entity, of a group or of a list of objects.

    `column` is None for a group, whose children have the columns, and for the children of a list of objects.
    """

    name: str
    treekey: str
    type: FieldType
    reader: Reader | None = None
    column: str | None = None
    multiple: bool = False
    required: bool = False
    nullable: bool = True
    default: Any = None
    description: str = ""
    primary_key: bool = False
    foreign_key: str | None = None
    enforce: bool = False
    date_format: str | None = None
    bool_settings: str | None = None
    children: tuple[FieldSchema, ...] = ()

    @cached_property
    def is_group(self) -> bool:
        return self.type == "object" and not self.multiple

    @cached_property
    def is_object_list(self) -> bool:
        return self.type == "object" and self.multiple

    @cached_property
    def is_settled(self) -> bool:
        """Tell whether what msgspec let through is the value of the column that has the field's name, null included."""
        judged = self.multiple or self.children or self.reader is None or not self.reader.settled
        return not judged and self.name == self.column and (self.nullable or not self.may_be_null)

    @property
    def may_be_null(self) -> bool:
        return not (self.required or self.primary_key)

    @cached_property
    def by_name(self) -> dict[str, FieldSchema]:
        return {child.name: child for child in self.children}

    @cached_property
    def nested(self) -> tuple[FieldSchema, ...]:
        return tuple(child for child in self.children if child.children)

    @property
    def wire(self) -> Any:
        """The type by which msgspec reads the field ahead of the readers."""
        inner: Any = wire_object(self.name, self.children) if self.children else self.reader and self.reader.wire
        if inner is Any:
            return Any
        whole = list[inner] if self.multiple else inner
        return whole | None if self.may_be_null or self.children else whole

    @cached_property
    def settled_length(self) -> int:
        """The most characters of a text that is the column's value as it came."""
        if not self.is_settled:
            return -1
        limit = getattr(self.reader, "max_length", None)
        return sys.maxsize if limit is None else limit

    @cached_property
    def settles_null(self) -> bool:
        """Tell whether null is the column's value as it came."""
        return self.is_settled and self.nullable

    def is_null(self, value: Any) -> bool:
        """Tell whether a value says that there is none: an empty text does, where a text is no value."""
        return value is None or (value == "" and self.type != "text")

    def cleared(self) -> Any:
        """Return what null makes of the column."""
        return None if self.nullable else self.initial()

    @property
    def is_computed(self) -> bool:
        """Tell whether the default is asked for each record; an empty list or object is the same for all."""
        return callable(self.default) and self.default not in (list, dict)

    def initial(self) -> Any:
        """Return what the column holds when a create does not send the field."""
        value = self.default() if callable(self.default) else self.default
        return "[]" if value == [] and self.is_object_list else value

    def columns(self) -> Sequence[FieldSchema]:
        """Return the fields under this one, itself included, that have a column."""
        if self.column is not None:
            return [self]
        return [leaf for child in self.children for leaf in child.columns()]


def wire_object(name: str, fields: Sequence[FieldSchema]) -> Any:
    """Return the TypedDict of an object: whatever is not sent stays absent, and unknown keys are passed over."""
    return TypedDict(name, {field.name: NotRequired[field.wire] for field in fields})  # type: ignore[operator]
