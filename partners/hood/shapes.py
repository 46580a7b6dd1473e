"""What a read shows of each noun, name by name, in the order in which it is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any

from partners.fields import tables
from partners.fields.field import Group
from partners.fields.form import Form

Show = Callable[[Any], Any]
Shape = Mapping[str, Show]


def shown(shape: Shape, row: Any, names: Iterable[str] | None = None) -> dict[str, Any]:
    """Return a row as it is shown: all of it, or what is named."""
    return {name: shape[name](row) for name in (shape if names is None else names)}


def plain(*names: str) -> dict[str, Show]:
    return {name: attrgetter(name) for name in names}


def through(show: Show, *names: str) -> dict[str, Show]:
    """Show values of the row in a way of their own."""

    def of(read: Show) -> Show:
        return lambda row: show(read(row))

    return {name: of(attrgetter(name)) for name in names}


def moment(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def exact(value: Decimal | None) -> Decimal | None:
    """Return a number without the zeros that its column adds."""
    return None if value is None else Decimal(format(value.normalize(), "f"))


def groups(form: Form) -> dict[str, Show]:
    return {member.name: group(member) for member in form.members if isinstance(member, Group)}


def group(declared: Group) -> Show:
    """Return what shows a group: an object of all its members, or null where none of them is set."""
    columns = {name: declared.column(name) for name in declared.readers}

    def show(row: Any) -> dict[str, Any] | None:
        held = {name: getattr(row, column) for name, column in columns.items()}
        return held if any(value is not None for value in held.values()) else None

    return show


def managers(row: Any) -> list[dict[str, Any]]:
    return [shown(MEMBER, management.member) for management in row.managements.all()]


ID = through(str, "id")
TIMES = through(moment, "create_time", "update_time")

MEMBER: Shape = {**ID, **plain("name", "email", "status")}
CONTACT: Shape = {**ID, **plain("type", "value")}
PARTNER: Shape = {
    **through(str, "id", "company_id"),
    "manager_ids": lambda row: [str(number) for number in row.manager_ids],
    "managers": managers,
    **plain("name", "description", "type", "status", "archived", "system"),
    **groups(tables.PARTNER),
    **TIMES,
}
DEAL: Shape = {
    **through(str, "id", "partner_id"),
    **plain("name", "description"),
    **through(exact, "base_price", "budget"),
    **plain("clickthrough", "type", "structure"),
    **groups(tables.DEAL),
    **plain("status", "effective_status", "archived"),
    **TIMES,
}
CAMPAIGN: Shape = {
    **through(str, "id", "deal_id"),
    **plain("name", "description", "status", "effective_status", "archived"),
    **TIMES,
}
