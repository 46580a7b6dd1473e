"""A scene of the play: what is asked, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx

from . import contract
from .checks import Check
from .exchange import Answer, Connector, Request, no_answer
from .walk import PATH, walk


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the table."""

    purpose: str
    request: str
    expected: int
    status: int | None = None
    milliseconds: float | None = None
    faults: list[str] = field(default_factory=list)
    answer: Answer | None = None


class Scene(Protocol):
    @property
    def purpose(self) -> str: ...

    def perform(self, connector: Connector) -> Result: ...


@dataclass(frozen=True, slots=True)
class Step:
    """One request with its promised status."""

    purpose: str
    request: Request
    expected: int
    checks: tuple[Check, ...] = ()

    def perform(self, connector: Connector) -> Result:
        line = f"{self.request.method} {self.request.path}"
        try:
            answer = self.ask(connector)
        except httpx.TransportError as exc:
            return Result(self.purpose, line, self.expected, faults=[no_answer(exc)])
        faults = list(self.rules(answer))
        if answer.status == self.expected:
            faults += [fault for check in self.checks for fault in check(answer)]
        return Result(self.purpose, line, self.expected, answer.status, answer.milliseconds, faults, answer)

    def ask(self, connector: Connector) -> Answer:
        return connector.send(self.request)

    def rules(self, answer: Answer) -> Iterable[str]:
        """Name what is wrong with the answer by the rules of its contract, whatever the route."""
        return contract.faults(answer, self.expected)


@dataclass(frozen=True, slots=True)
class SyncWalk:
    """A walk through mass synchronisation that has to meet one record with these values."""

    purpose: str
    headers: Mapping[str, str]
    key: str
    values: Mapping[str, Any]

    def perform(self, connector: Connector) -> Result:
        try:
            walked = walk(connector, self.headers, key="sku")
        except httpx.TransportError as exc:
            return Result(self.purpose, f"GET {PATH}", 200, faults=[no_answer(exc)])
        served = walked.records.get(self.key, {})
        shown = {name: served.get(name) for name in self.values}
        if shown != self.values:
            walked.faults.append(f"{self.key} is served with {shown}, not {dict(self.values)}")
        line = f"GET {PATH}?page=1..{walked.page}"
        return Result(self.purpose, line, 200, walked.status, walked.milliseconds, walked.faults)
