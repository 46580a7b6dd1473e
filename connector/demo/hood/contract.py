"""What the Hood contract asks of every answer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..exchange import Answer

ERROR = {"code": int, "title": str, "message": str, "trace_id": str}
RATES = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
UNCOUNTED = {401, 404}  # Nobody's calls, or the address of no route.
REFUSED = 429
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def faults(answer: Answer, expected: int) -> Iterator[str]:
    """Name everything in which the answer is not what the contract says, whatever the route."""
    if answer.status != expected:
        yield f"status is {answer.status}, not {expected}: {answer.body[:300].decode(errors='replace')}"
    yield from _body_faults(answer)
    yield from _rate_faults(answer)


def _body_faults(answer: Answer) -> Iterator[str]:
    content_type = answer.headers.get("Content-Type")
    if answer.status == 204:
        if answer.body or content_type:
            yield f"a 204 has a body or a type of one: {content_type!r}"
        return
    if content_type != "application/json":
        yield f"Content-Type is {content_type!r}, not 'application/json'"
    if not answer.object:
        yield f"the body is no JSON object: {answer.body[:60]!r}"
    elif answer.status >= 400:
        yield from _error_faults(answer)


def _error_faults(answer: Answer) -> Iterator[str]:
    error = answer.object
    for key, kind in ERROR.items():
        if type(error.get(key)) is not kind:
            yield f"{key} of the error is {error.get(key)!r}, which is no {kind.__name__}"
    if unknown := error.keys() - {*ERROR, "errors"}:
        yield f"the error has more keys: {', '.join(sorted(unknown))}"
    if error.get("code") != answer.status:
        yield f"code is {error.get('code')}, the HTTP status {answer.status}"
    if not UUID.fullmatch(str(error.get("trace_id"))):
        yield f"trace_id is {error.get('trace_id')!r}, which is no UUID"


def _rate_faults(answer: Answer) -> Iterator[str]:
    given = {name: answer.headers.get(name) for name in (*RATES, "Retry-After")}
    expected = {"Retry-After"} if answer.status == REFUSED else set() if answer.status in UNCOUNTED else set(RATES)
    for name, value in given.items():
        if name in expected and not (value or "").isdecimal():
            yield f"the header {name} is {value!r}, not a number"
        if name not in expected and value is not None:
            yield f"the header {name} is {value!r}, and should not be there"
