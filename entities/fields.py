"""Model fields that an entity may use besides Django's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import models
from django.db.models.expressions import Func


class CurrentTransaction(Func):
    function = "pg_current_xact_id"
    arity = 0


class CurrentEpoch(Func):
    """The number of the epoch; `entities.epoch` says what that is."""

    function = "connector_epoch"
    arity = 0
    output_field = models.IntegerField()


class TransactionIdField(models.Field):  # type: ignore[type-arg]
    """The 64-bit id of the transaction that wrote the row last (`xid8`); PostgreSQL sets it."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("editable", False)
        kwargs.setdefault("db_default", CurrentTransaction(output_field=models.TextField()))
        super().__init__(**kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("db_default", None)
        kwargs.pop("editable", None)
        return name, path, args, kwargs

    def db_type(self, connection: Any) -> str:  # noqa: ARG002 (PostgreSQL is the only database)
        return "xid8"


class Group:
    """Fields that are one object in the layout and columns of their own in the table.

    `inventory = Group(qty=DecimalField(...))` makes the column and attribute `inventory_qty` and the layout's
    `product.inventory.qty`. A group may hold groups.
    """

    def __init__(self, *, help_text: str = "", **members: models.Field[Any, Any] | Group) -> None:
        self.help_text = help_text
        self.members = members

    def contribute_to_class(self, model: type[models.Model], name: str) -> None:
        groups: dict[str, Group] = model.__dict__.get("dsync_groups") or {}
        groups[name] = self
        model.dsync_groups = groups  # type: ignore[attr-defined]
        self.add_columns(model, name)

    def add_columns(self, model: type[models.Model], prefix: str) -> None:
        for name, member in self.members.items():
            if isinstance(member, Group):
                member.add_columns(model, f"{prefix}_{name}")
            else:
                model.add_to_class(f"{prefix}_{name}", member)


class ObjectListField(models.JSONField):
    """A list of objects of one declared shape, stored as JSON: `multiple: true` and `type: object` in the layout."""

    def __init__(self, *, help_text: str = "", **members: models.Field[Any, Any] | Group) -> None:
        options = {name: members.pop(name) for name in ("verbose_name", "null") if name in members}
        self.members = members
        super().__init__(default=list, blank=True, help_text=help_text, **options)  # type: ignore[arg-type]

    def deconstruct(self) -> Any:
        name, _path, _args, kwargs = super().deconstruct()
        kwargs = {key: value for key, value in kwargs.items() if key in ("help_text", "null")}
        return name, "entities.fields.ObjectListField", [], kwargs


class Reference(models.CharField):  # type: ignore[type-arg]
    """The key of a record of another entity, stored as it comes: children may arrive before their parents.

    With `enforce=True` a write that names a record which is not there is refused (400).
    """

    def __init__(self, entity: str = "", *, enforce: bool = False, **kwargs: Any) -> None:
        self.entity = entity
        self.enforce = enforce
        kwargs.setdefault("max_length", 255)
        super().__init__(**kwargs)

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "entities.fields.Reference", args, kwargs


Part = str | tuple[str, tuple[str, str]]


class CompositeKey(models.CharField):  # type: ignore[type-arg]
    r"""A key made of several fields: one text, the parts joined by `:` with `\` before any `:` or `\` in a part.

    A part is the name of a field, or `("code", ("kind", "number"))`: the field `code`, else `kind=number`.
    """

    def __init__(self, *parts: Part, **kwargs: Any) -> None:
        self.parts: Sequence[Part] = parts
        kwargs.setdefault("max_length", 255)
        kwargs.setdefault("unique", True)
        kwargs.setdefault("help_text", "The parts of the key, joined by colons")
        super().__init__(**kwargs)

    def columns(self) -> Iterator[str]:
        """Yield the names of all fields that may stand in the key."""
        for part in self.parts:
            yield from [part] if isinstance(part, str) else [part[0], *part[1]]

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "entities.fields.CompositeKey", args, kwargs
