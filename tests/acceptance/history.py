"""What a load client has written, and what must have become of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

POST, PUT, DELETE = "POST", "PUT", "DELETE"


@dataclass(slots=True)
class Sent:
    """One write as its client knows it; `value` grows with each write of a record and makes its body unique."""

    method: str
    key: str
    value: int
    process_id: str
    is_async: bool
    status: int = 0  # of the answer that ended it; 0 while there is none
    tries: int = 0
    seconds: float = 0.0  # until that answer, from the try that got it

    @property
    def body(self) -> bytes:
        return json.dumps({"sku": self.key, "price": self.value}).encode()

    @property
    def headers(self) -> dict[str, str]:
        named = {} if self.method == POST else {"Entity-Id": self.key}
        preference = {"Prefer": "respond-async"} if self.is_async else {}
        return {"Process-Id": self.process_id, "Content-Type": "application/json", **named, **preference}

    @property
    def is_acknowledged(self) -> bool:
        return 200 <= self.status < 300

    def __str__(self) -> str:
        return f"{self.method} {self.key} {self.value} ({self.status} after {self.tries} tries)"


@dataclass(slots=True)
class Expected:
    """What a write must have done: nothing where it is refused."""

    outcome: str | None
    before: int | None = None


@dataclass(slots=True)
class Record:
    """The model of one record: its value, None while it is absent."""

    value: int | None = None

    def take(self, sent: Sent) -> Expected:
        before = self.value
        if sent.method == DELETE:
            self.value = None
            return Expected("absent" if before is None else "deleted")
        if (sent.method == POST) == (before is not None):
            return Expected(None)
        self.value = sent.value
        return Expected("created" if sent.method == POST else "updated", before)


@dataclass
class History:
    """All writes of a load, in the order in which each record's were sent."""

    writes: list[Sent] = field(default_factory=list)

    @property
    def process_ids(self) -> list[str]:
        return sorted({sent.process_id for sent in self.writes})

    @property
    def unanswered(self) -> list[Sent]:
        return [sent for sent in self.writes if not sent.status]

    def told(self) -> str:
        repeated = sum(sent.tries > 1 for sent in self.writes)
        deferred = sum(sent.status == 202 for sent in self.writes)
        refused = sum(sent.status >= 400 for sent in self.writes)
        return f"{len(self.writes)} writes, {deferred} deferred, {refused} refused, {repeated} repeated"
