"""What the tests of the contract ask of an answer."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse

from tests.conftest import example


def published(name: str) -> dict[str, Any]:
    """Return a published response."""
    return json.loads(example(name))


def faults(answer: HttpResponse) -> list[tuple[str, str]]:
    """Return where a 400 or 409 found fault, and by which rule."""
    assert answer.status_code in {400, 409}, answer.content
    return [(fault["treekey"], fault["code"]) for fault in answer.json()["detail"]["errors"]]


def result(answer: HttpResponse) -> tuple[int, Any]:
    """Return the status and the outcome that an answer tells of besides the usual one."""
    return answer.status_code, answer.json()["detail"].get("outcome")
