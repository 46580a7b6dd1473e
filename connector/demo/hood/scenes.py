"""Scenes of the Hood side: a step that keeps within its rates, and one that does not."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

import httpx

from ..exchange import Answer, Connector, Request, no_answer
from ..scenes import Result, Step
from . import contract

WAITS = 5
MOST_CALLS = 200  # More than the contract lets an account make within a minute.


@dataclass(frozen=True, slots=True)
class HoodStep(Step):
    """One request with its promised status, sent again after the time that a refusal asks for."""

    def ask(self, connector: Connector) -> Answer:
        answer = connector.send(self.request)
        for _ in range(WAITS):
            wait = answer.headers.get("Retry-After", "") if answer.status == contract.REFUSED else ""
            if not wait.isdecimal():
                break
            time.sleep(int(wait))
            answer = connector.send(self.request)
        return answer

    def rules(self, answer: Answer) -> Iterable[str]:
        return contract.faults(answer, self.expected)


@dataclass(frozen=True, slots=True)
class Refusal:
    """As many calls as it takes until one is refused."""

    purpose: str
    request: Request

    def perform(self, connector: Connector) -> Result:
        line = f"{self.request.method} {self.request.path}"
        try:
            calls, answer = self.refused(connector)
        except httpx.TransportError as exc:
            return Result(self.purpose, line, contract.REFUSED, faults=[no_answer(exc)])
        faults = list(contract.faults(answer, contract.REFUSED))
        purpose = f"{self.purpose}: call {calls}"
        return Result(purpose, line, contract.REFUSED, answer.status, answer.milliseconds, faults, answer)

    def refused(self, connector: Connector) -> tuple[int, Answer]:
        """Return the number of the first call that is refused, and its answer; of the last one where none is."""
        for calls in range(1, MOST_CALLS):
            answer = connector.send(self.request)
            if answer.status == contract.REFUSED:
                return calls, answer
        return MOST_CALLS, connector.send(self.request)
