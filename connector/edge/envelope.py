"""The four keys that every answer has: status, message, detail, data (contract section 1)."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec
import structlog
from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpResponse

from connector.edge.errors import BadRequest, ContractError, Unavailable, Unexpected
from connector.edge.health.disk import disk
from connector.edge.logs import outline

log = structlog.get_logger(__name__)


class Envelope(msgspec.Struct):
    status: int
    message: str
    detail: Mapping[str, Any]
    data: Mapping[str, Any]


encode = msgspec.json.Encoder(decimal_format="number").encode


def answer(
    status: int,
    *,
    data: Mapping[str, Any] | None = None,
    detail: Mapping[str, Any] | None = None,
    message: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Return an answer; its content type has no charset, because Dsync's client compares the whole text."""
    body = encode(Envelope(status, message or HTTPStatus(status).phrase, detail or {}, data or {}))
    return HttpResponse(body, status=status, content_type="application/json", headers=headers)


def envelope_of(error: ContractError) -> HttpResponse:
    return answer(error.status, detail=error.detail, message=error.message, headers=error.headers)


def as_contract_error(exc: Exception) -> ContractError:
    """Return the contract's error for an exception; what nobody expected is logged."""
    if isinstance(exc, ContractError):
        return exc
    if isinstance(exc, SuspiciousOperation):
        return BadRequest.at("query", "refused", "The request has more parameters than are taken, or unreadable ones.")
    if is_outage(exc):
        log.warning("database_unavailable", **outline(exc))
        disk.note(sqlstate(exc))
        return Unavailable()
    log.error("request_failed", **outline(exc))
    return Unexpected()


READ_ONLY = "25006"
LOST = "08"
OF_CONNECTION = (LOST, "57P")  # Connection exception, shutdown: nobody knows whether the last COMMIT was one.
PROGRAM_LIMIT = "54"  # The class of what is too large for PostgreSQL, such as the entry of an index.


def is_outage(exc: Exception) -> bool:
    """Tell whether the database was away, too busy or not taking writes: the same request may succeed later."""
    if isinstance(exc, (OperationalError, InterfaceError)):
        return not (sqlstate(exc) or "").startswith(PROGRAM_LIMIT)
    return isinstance(exc, InternalError) and sqlstate(exc) == READ_ONLY


def sqlstate(exc: Exception) -> str | None:
    return getattr(exc.__cause__, "sqlstate", None)
