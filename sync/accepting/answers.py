"""What an applied delivery answers; a repeat gets the same from the same columns."""

from __future__ import annotations

from typing import Any

import msgspec

from entities.schema import EntitySchema
from sync.models.delivery import Method, Outcome

# An outcome is told where it is not the one that the method is for.
EXPECTED = {Method.POST: Outcome.CREATED, Method.PUT: Outcome.UPDATED, Method.DELETE: Outcome.DELETED}


class Answer(msgspec.Struct, frozen=True):
    status: int
    data: dict[str, Any] = {}
    detail: dict[str, Any] = {}
    headers: dict[str, str] = {}


def accepted_answer(number: int) -> Answer:
    return Answer(202, detail={"delivery": number}, headers={"Location": f"/delivery/{number}"})


def applied_answer(
    schema: EntitySchema, method: Method, record_key: str, outcome: Outcome, ignored: list[str]
) -> Answer:
    detail: dict[str, Any] = {}
    if outcome != EXPECTED[method]:
        detail["outcome"] = outcome
    if ignored:
        detail["ignored"] = ignored
    if method != Method.POST:
        return Answer(200, detail=detail)
    return Answer(201, data={schema.key.field.name: schema.key.parse(record_key)}, detail=detail)
