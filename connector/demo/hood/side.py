"""A partner application: its token, the steps it takes, and what it learns from their answers."""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from ..checks import Check
from ..exchange import Request
from ..scenes import Result, Scene
from .checks import row, shows
from .scenes import HoodStep, Refusal

HOOD = "/v1/hood"
Learned = TypeVar("Learned")
# Scenes, each of which may stand on what came of those before.
Script: TypeAlias = Generator[Scene, Result, Learned]


class NotPlayed(Exception):
    """What comes next stands on an answer that did not come."""


@dataclass(frozen=True, slots=True)
class Side:
    token: str

    def step(
        self, purpose: str, asked: str, body: Any = None, *, status: int = 200, checks: tuple[Check, ...] = ()
    ) -> HoodStep:
        """Return a step that asks, such as `GET /partners`; a body is sent as JSON, bytes as they are."""
        return HoodStep(purpose, self.request(asked, body), status, checks)

    def request(self, asked: str, body: Any = None, **headers: str) -> Request:
        method, path = asked.split(" ")
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        signed = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        return Request(method, HOOD + path, signed | headers, content)

    def patch(self, purpose: str, path: str, **members: Any) -> HoodStep:
        return self.step(purpose, f"PATCH {path}", members, status=204)

    def refused(self, purpose: str, asked: str, body: Any = None, *checks: Check) -> HoodStep:
        return self.step(purpose, asked, body, status=400, checks=checks)

    def seen(self, purpose: str, path: str, **values: Any) -> HoodStep:
        return self.step(purpose, f"GET {path}", checks=(shows(**values),))

    def refusal(self, purpose: str, asked: str) -> Refusal:
        return Refusal(purpose, self.request(asked))


def learned_id(step: HoodStep) -> Script[str]:
    """Take a step and return the id of the row that its answer shows.

    Raises:
        NotPlayed: there is none.
    """
    result = yield step
    found = row(result.answer).get("id") if result.answer else None
    if not isinstance(found, str) or not found.isdecimal():
        raise NotPlayed(f"{step.purpose} told no id")
    return found
