"""Writing what became of many deliveries, in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from django.db import connection

from connector.edge.errors import Fault
from sync.delivery.effects import Effect
from sync.delivery.journal import encode, kept_faults
from sync.keeping.floors import OPEN, raised
from sync.models.delivery import Delivery, Outcome, State

# The state is hidden from the indexes by state: the rows are found by their numbers.
MARK = f"""
    UPDATE sync_delivery AS stored
    SET state = mark.state, outcome = mark.outcome, ignored = mark.ignored, errors = mark.errors,
        previous = mark.previous, reason = '', runnable_at = NULL, finished_at = clock_timestamp()
    FROM jsonb_to_recordset(%s::jsonb)
         AS mark(id bigint, state text, outcome text, ignored jsonb, errors jsonb, previous jsonb)
    WHERE stored.id = mark.id AND stored.state || '' IN ('accepted', 'retrying') AND stored.{OPEN}
"""  # noqa: S608 (a condition of ours)


NO_ERRORS = msgspec.Raw(b"[]")


class Overtaken(Exception):
    """A delivery was not where its mark expected it: somebody else has changed it."""


@dataclass(frozen=True, slots=True)
class Mark:
    id: int
    state: State
    outcome: Outcome | None
    ignored: list[str]
    errors: msgspec.Raw
    previous: msgspec.Raw | None

    @classmethod
    def applied(cls, delivery: Delivery, effect: Effect) -> Mark:
        previous = msgspec.Raw(effect.previous.encode()) if effect.previous is not None else None
        return cls(delivery.pk, State.APPLIED, effect.outcome, effect.ignored, NO_ERRORS, previous)

    @classmethod
    def rejected(cls, delivery: Delivery, faults: Sequence[Fault]) -> Mark:
        return cls(delivery.pk, State.REJECTED, None, [], storable(faults), None)

    def shown_on(self, delivery: Delivery) -> Delivery:
        """Return the delivery as the mark leaves it, for whoever is told of it before it is read again."""
        delivery.state, delivery.outcome, delivery.ignored = self.state, self.outcome, self.ignored
        delivery.previous = None if self.previous is None else msgspec.json.decode(self.previous)
        delivery.reason, delivery.runnable_at = "", None
        return delivery


def storable(faults: Sequence[Fault]) -> msgspec.Raw:
    """Return faults as JSON that jsonb takes: what was received may hold a NUL."""
    return msgspec.Raw(encode(kept_faults(faults)).replace(b"\\u0000", b"\\ufffd"))


def write(marks: Sequence[Mark]) -> None:
    """Mark deliveries.

    Raises:
        Overtaken: one of them is not in a state that can end so.
    """
    with connection.cursor() as cursor:
        cursor.execute(raised(MARK), [encode(marks).decode()])
        if cursor.rowcount != len(marks):
            raise Overtaken
