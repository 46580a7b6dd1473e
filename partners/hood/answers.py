"""The bodies of the contract's answers: items with their total, an object, and errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse

from connector.edge.envelope import encode
from connector.edge.errors import FAULTS_TOLD, BadRequest, ContractError, Fault, Unauthorized, Unexpected
from connector.edge.trace import trace_id
from partners.errors import QueryRefused

BODY = "body"  # The place of what is wrong with a body as a whole.


def answer(status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> HttpResponse:
    return HttpResponse(encode(body), status=status, content_type="application/json", headers=headers)


def done() -> HttpResponse:
    """Return 204, which has no body and so no type of one."""
    response = HttpResponse(status=204)
    del response["Content-Type"]
    return response


def items(total: int, found: Sequence[Mapping[str, Any]]) -> HttpResponse:
    return answer(200, {"total": total, "items": found})


def error_answer(request: HttpRequest, error: ContractError) -> HttpResponse:
    """Return an error in the contract's shape."""
    phrase = f"{HTTPStatus(error.status).phrase.capitalize()}."
    body: dict[str, Any] = {"code": error.status, "title": phrase}
    if not isinstance(error, Unexpected):
        body["message"] = message_of(error, phrase)
    body["trace_id"] = trace_id(request)
    if error.faults:
        body["errors"] = [told(fault) for fault in error.faults[:FAULTS_TOLD]]
    return answer(error.status, body, error.headers)


def message_of(error: ContractError, phrase: str) -> str:
    if isinstance(error, Unauthorized):
        return phrase
    if type(error) is BadRequest:  # Of the framing, whose sentence is its first fault.
        return QueryRefused.sentence
    return error.sentence or phrase


def told(fault: Fault) -> dict[str, str]:
    return {"field": fault.treekey or BODY, "code": fault.code, "message": fault.message}
