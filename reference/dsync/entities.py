"""Create, update and delete of every entity that the deployment has, and the jobs that Dsync links with them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from connector.edge.json_types import TEXT, Schema, listing, record, ref
from entities.schema import EntitySchema, json_schema
from entities.schema import schemas as entities
from entities.schema.fields import FieldSchema
from reference.addresses import schema_address
from reference.dsync.headers import KEY, NEEDED_KEY, WRITE
from reference.dsync.shapes import envelope
from reference.operation import Answer, Operation, Told, body, link
from sync.accepting.jobs import JOB_ID_LENGTH
from sync.models.delivery import Outcome

SHAPES = {
    "create": json_schema.create_schema,
    "update": json_schema.update_schema,
    "item": json_schema.item_schema,
    "deletion": json_schema.deletion_schema,
}
JOB = record({"job_id": {**TEXT, "minLength": 1, "maxLength": JOB_ID_LENGTH, "examples": ["a123456"]}}, is_closed=False)
REACHED = {"delivery": link("delivery", "What became of it.", {"path.number": "$response.body#/detail/delivery"})}


def operations() -> Iterator[Operation]:
    for schema in entities().values():
        yield from of_entity(schema)


def schemas() -> dict[str, Schema]:
    """Return the schemas of each entity, which also stand at an address of their own."""
    return {
        component(schema, shape): {**make(schema), "externalDocs": {"url": schema_address(schema.name)}}
        for schema in entities().values()
        for shape, make in SHAPES.items()
    }


def component(schema: EntitySchema, shape: str) -> str:
    return f"{re.sub(r'[^A-Za-z0-9._-]', '_', schema.name)}.{shape}"


def of_entity(schema: EntitySchema) -> Iterator[Operation]:
    path, name = f"/entity/{schema.name}", schema.name
    yield creation(schema, path)
    text = f"Change a record of {name}: what is not sent stays, null clears."
    changed = {200: Answer(envelope(200, detail=told_detail([Outcome.CREATED]))), 202: accepted()}
    sent = body(ref(component(schema, "update")))
    yield Operation("PUT", path, f"update.{name}", text, changed, (KEY, *WRITE), sent)
    text = f"Delete a record of {name}; one that is not there is no error."
    deleted = {200: Answer(envelope(200, detail=told_detail([Outcome.ABSENT]))), 202: accepted()}
    yield Operation("DELETE", path, f"delete.{name}", text, deleted, (NEEDED_KEY, *WRITE))
    linked, text = {200: Answer(envelope(200))}, f"Link a job with {name}."
    yield Operation("POST", f"{path}/set_job", f"set_job.{name}", text, linked, body=body(JOB))


def creation(schema: EntitySchema, path: str) -> Operation:
    created = envelope(201, data=key_of(schema), detail=told_detail([Outcome.UPDATED]))
    return Operation(
        "POST",
        path,
        f"create.{schema.name}",
        f"Create a record of {schema.name}; 409 where it is there already.",
        {201: Answer(created, links=next_steps(schema)), 202: accepted()},
        WRITE,
        body(ref(component(schema, "create"))),
        errors=[409],
    )


def key_of(schema: EntitySchema) -> Schema:
    return record({schema.key.field.name: json_schema.served(schema.key.field)})


def told_detail(outcomes: list[Outcome]) -> Schema:
    """Return what a success may tell: an outcome that is not the one that the method is for, and what was ignored."""
    return record({"outcome": {"enum": [*outcomes]}, "ignored": listing(TEXT)}, required=())


def accepted() -> Answer:
    detail = record({"delivery": {"type": "integer"}})
    return Answer(envelope(202, detail=detail), {"Location": "Where its delivery is told of."}, REACHED)


def next_steps(schema: EntitySchema) -> dict[str, Told]:
    """Return what may be done to a record that was created; its key is taken from the answer."""
    where = f"$response.body#/data/{pointer(schema.key.field)}"
    token = {"header.Entity-Token": "$request.header.Entity-Token"}
    taken = {"header.Entity-Id": where, **token}
    return {
        "items": link("items", "See it among the records of its entity.", token),
        "update": link(f"update.{schema.name}", "Change it.", taken),
        "delete": link(f"delete.{schema.name}", "Delete it.", taken),
    }


def pointer(field: FieldSchema) -> str:
    return field.name.replace("~", "~0").replace("/", "~1")
