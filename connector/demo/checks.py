"""What single routes promise beyond the envelope; a check yields the faults of one answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from . import layout
from .examples import published
from .exchange import Answer, decode

Check = Callable[[Answer], Iterator[str]]


def data_is(expected: dict[str, Any]) -> Check:
    def check(answer: Answer) -> Iterator[str]:
        if answer.data != expected:
            yield f"data is {answer.data}, not {expected}"

    return check


def body_is(name: str) -> Check:
    """Make a check for a published response body, whatever its white space."""
    expected = decode(published(name))

    def check(answer: Answer) -> Iterator[str]:
        if answer.object != expected:
            yield f"the body is {answer.object}, not the published {expected}"

    return check


def can_be_drawn(answer: Answer) -> Iterator[str]:
    return layout.faults(answer.data)


def outcome_is_absent(answer: Answer) -> Iterator[str]:
    if answer.detail.get("outcome") != "absent":
        yield f"detail is {answer.detail}: it does not tell that the record was absent"


def names_line_and_column(answer: Answer) -> Iterator[str]:
    if not {"line", "column"} <= set(answer.message.lower().split()):
        yield f"message names no line and column: {answer.message!r}"


def allows(*methods: str) -> Check:
    def check(answer: Answer) -> Iterator[str]:
        allowed = {method.strip() for method in answer.headers.get("Allow", "").split(",")}
        if not allowed >= set(methods):
            yield f"Allow is {answer.headers.get('Allow')!r} and leaves out some of {', '.join(methods)}"

    return check


def counts(answer: Answer) -> Iterator[str]:
    if set(answer.data) != {"total", "per_page"} or not all(type(value) is int for value in answer.data.values()):
        yield f"data is {answer.data}, not the two numbers total and per_page"
