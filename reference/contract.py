"""A contract: its operations, how its callers are known, and the one shape in which it answers errors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from apispec import APISpec

from connector.edge.json_types import TEXT, Schema
from reference.operation import JSON, Operation, Told

RETRIED = (429, 503)


@dataclass(frozen=True)
class Contract:
    """`errors` are the statuses that any operation may have, and `error` the body of one."""

    name: str
    description: str
    operations: Callable[[], Iterable[Operation]]
    schemas: Callable[[], Mapping[str, Schema]]
    security: Sequence[Mapping[str, Sequence[str]]]
    schemes: Mapping[str, Told]
    error: Callable[[int], Schema]
    errors: Sequence[int]
    others: Sequence[int] = ()
    headers: Mapping[str, str] = field(default_factory=dict)  # What every answer tells by a header, 401 and 429 apart.

    def declare(self, spec: APISpec) -> None:
        """Add all of the contract to a document."""
        spec.tag({"name": self.name, "description": self.description})
        for name, scheme in self.schemes.items():
            spec.components.security_scheme(name, scheme)
        for name, schema in self.schemas().items():
            spec.components.schema(name, schema)
        for status in (*self.errors, *self.others):
            spec.components.response(self.response_name(status), self.error_response(status))
        for operation in self.operations():
            spec.path(operation.path, operations={operation.method.lower(): self.told(operation)})

    def told(self, operation: Operation) -> Told:
        told: Told = {
            "operationId": operation.name,
            "summary": operation.summary,
            "tags": [self.name],
            "security": [dict(scheme) for scheme in self.security],
        }
        if operation.parameters:
            told["parameters"] = list(operation.parameters)
        if operation.body is not None:
            told["requestBody"] = operation.body
        return {**told, "responses": self.responses(operation)}

    def responses(self, operation: Operation) -> dict[str, Any]:
        answers = {str(status): answer.told(status) for status, answer in operation.answers.items()}
        for answer in answers.values():
            answer.setdefault("headers", {}).update(self.common_headers())
        errors = {str(status): self.response_name(status) for status in sorted({*self.errors, *operation.errors})}
        return dict(sorted({**answers, **errors}.items()))

    def response_name(self, status: int) -> str:
        return f"{self.name}.{status}"

    def error_response(self, status: int) -> Told:
        headers = self.common_headers() if status not in (401, 429) else {}
        if status in RETRIED:
            headers = {**headers, "Retry-After": {"schema": TEXT, "description": "Seconds until it may work."}}
        return {
            "description": HTTPStatus(status).phrase,
            "content": {JSON: {"schema": self.error(status)}},
            **({"headers": headers} if headers else {}),
        }

    def common_headers(self) -> dict[str, Told]:
        return {name: {"schema": TEXT, "description": text} for name, text in self.headers.items()}
