"""What the contract asks of every answer."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus

from .exchange import Answer

ENVELOPE = {"status": int, "message": str, "detail": dict, "data": dict}
BARE = {401, 500}  # These two tell nothing but their phrase.


def faults(answer: Answer, expected: int) -> Iterator[str]:
    """Name everything in which the answer is not what the contract says, whatever the route."""
    if answer.status != expected:
        yield f"status is {answer.status}, not {expected}{_told(answer)}"
    content_type = answer.headers.get("Content-Type", "")
    if content_type != "application/json":
        yield f"Content-Type is {content_type!r}, not exactly 'application/json'"
    yield from _envelope_faults(answer)


def _told(answer: Answer) -> str:
    errors = answer.detail.get("errors") or ""
    return f": {answer.message} {errors}".rstrip() if answer.message else ""


def _envelope_faults(answer: Answer) -> Iterator[str]:
    envelope = answer.object
    if not envelope:
        yield f"the body is no JSON object: {answer.body[:60]!r}"
        return
    if envelope.keys() != ENVELOPE.keys():
        yield f"the envelope's keys are {', '.join(envelope)}, not {', '.join(ENVELOPE)}"
    for key, kind in ENVELOPE.items():
        if key in envelope and type(envelope[key]) is not kind:
            yield f"{key} of the envelope is {envelope[key]!r}, which is no {kind.__name__}"
    if envelope.get("status") != answer.status:
        yield f"the envelope's status is {envelope.get('status')}, the HTTP status {answer.status}"
    yield from _message_faults(answer)


def _message_faults(answer: Answer) -> Iterator[str]:
    phrase = HTTPStatus(answer.status).phrase
    if answer.status < 300 or answer.status in BARE:
        if answer.message != phrase:
            yield f"message is {answer.message!r}, not {phrase!r}"
    elif not answer.message.startswith(f"{phrase}: "):
        yield f"message is {answer.message!r}: no sentence after {phrase!r}"
    if answer.status in {400, 409} and not answer.detail.get("errors"):
        yield "detail names no errors"
