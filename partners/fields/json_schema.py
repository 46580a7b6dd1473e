"""JSON Schema of a form: what a create takes, and what a change takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from connector.edge.json_types import NULL, Schema, nullable, record
from partners.fields.field import Field, Group
from partners.fields.form import Form


def create_schema(form: Form) -> Schema:
    """Return what the body of a create must be."""
    required = [member.name for member in form.members if isinstance(member, Field) and member.required]
    return record({member.name: taken(member, is_new=True) for member in form.members}, required=required)


def change_schema(form: Form) -> Schema:
    """Return what the body of a change must be: it says something, and empty groups say nothing."""
    members = [member for member in form.members if not member.fixed]
    body = record({member.name: taken(member, is_new=False) for member in members}, required=())
    empty = {member.name: {"type": "object", "maxProperties": 0} for member in members if isinstance(member, Group)}
    nothing = {"not": record(empty, required=())} if empty else {}
    return {**body, "minProperties": 1, **nothing}


def taken(member: Field | Group, *, is_new: bool) -> Schema:
    if isinstance(member, Group):
        return whole(member) if member.whole and is_new else partial(member)
    schema = {**member.reader.schema, **({} if member.default is None else {"default": member.default})}
    return nullable(schema) if member.takes_null else schema


def partial(group: Group) -> Schema:
    """Return a group of which some members may be sent, each by one of its names."""
    schema = record({name: nullable(group.readers[of].schema) for name, of in names(group)}, required=())
    twice = [{"required": [alias, name]} for alias, name in group.aliases.items()]
    return nullable({**schema, **({"not": {"anyOf": twice}} if twice else {})})


def whole(group: Group) -> Schema:
    """Return a group of which all members are sent, or none."""
    ways = [complete(group, {}), *(complete(group, {name: alias}) for alias, name in group.aliases.items())]
    nothing = record(dict.fromkeys((name for name, _ in names(group)), NULL), required=())
    twice = [{"required": [alias, name]} for alias, name in group.aliases.items()]
    return {"anyOf": [*ways, {**nothing, **({"not": {"anyOf": twice}} if twice else {})}, NULL]}


def complete(group: Group, instead: Mapping[str, str]) -> Schema:
    return record({instead.get(name, name): reader.schema for name, reader in group.readers.items()})


def names(group: Group) -> Iterator[tuple[str, str]]:
    """Yield every name that a member may be sent by, with its own."""
    yield from ((name, name) for name in group.readers)
    yield from group.aliases.items()
