"""One operation of a contract, as its module declares it, and as OpenAPI writes it down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from connector.edge.json_types import TEXT, WHOLE, Schema

JSON = "application/json"
Told = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """A success: what it has in it, by which headers it tells more, and where one may go on from it."""

    schema: Schema | None = None
    headers: Mapping[str, str] = field(default_factory=dict)  # Each with what it tells.
    links: Mapping[str, Told] = field(default_factory=dict)
    media: Sequence[str] = (JSON,)

    def told(self, status: int) -> Told:
        told: Told = {"description": HTTPStatus(status).phrase}
        if self.schema is not None:
            told["content"] = {media: {"schema": self.schema} for media in self.media}
        if self.headers:
            told["headers"] = {name: {"schema": TEXT, "description": text} for name, text in self.headers.items()}
        if self.links:
            told["links"] = dict(self.links)
        return told


@dataclass(frozen=True)
class Operation:
    """A method of an address; `errors` are the statuses besides those that each operation of its contract has."""

    method: str
    path: str
    name: str
    summary: str
    answers: Mapping[int, Answer]
    parameters: Sequence[Told] = ()
    body: Told | None = None
    errors: Iterable[int] = ()


def header(name: str, text: str, *, required: bool = False, **schema: Any) -> Told:
    return parameter(name, "header", text, required=required, **schema)


def query(name: str, text: str, *, required: bool = False, **schema: Any) -> Told:
    return parameter(name, "query", text, required=required, **schema)


def in_path(name: str, text: str, **schema: Any) -> Told:
    return parameter(name, "path", text, required=True, **schema)


def parameter(name: str, place: str, text: str, *, required: bool, **schema: Any) -> Told:
    told: Told = {"name": name, "in": place, "description": text, "schema": schema or dict(TEXT)}
    return {**told, "required": True} if required else told


def body(schema: Schema, *, required: bool = True, media: str = JSON, example: Any = None) -> Told:
    content = {"schema": schema} if example is None else {"schema": schema, "example": example}
    return {"required": required, "content": {media: content}}


def link(operation: str, text: str, taken: Mapping[str, str]) -> Told:
    """Return where one may go on, and from where each parameter there is taken."""
    return {"operationId": operation, "description": text, "parameters": dict(taken)}


def whole(low: int, high: int) -> Schema:
    return {**WHOLE, "minimum": low, "maximum": high}
