"""Where Dsync's report of a process and our own deliveries of it contradict each other.

Dsync reports a failure (a status of 400 or more) and everything that came was applied; or it reports that the process
as a whole went well, and something of it was rejected or is dead. That one node went well says nothing of the others,
and while a delivery is on its way nothing is decided. Processes are told apart by client.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, TextChoices, Value
from django.db.models.expressions import Case, When

from sync.models import Delivery, State
from sync.models.delivery import PENDING

FAILURE = 400


class Disagreement(TextChoices):
    WE_APPLIED = "we applied it", "Dsync reports a failure, and we applied every delivery of the process"
    WE_REFUSED = "we refused some", "Dsync reports success, and a delivery of the process was rejected or is dead"


def disagreement() -> Case:
    """Return the expression of a notification's disagreement, empty where there is none.

    Each part is a probe of `sync_delivery_of_process`, so it is for a page of notifications or a span of time.
    """
    return Case(
        When(we_applied(), then=Value(Disagreement.WE_APPLIED.value)),
        When(we_refused(), then=Value(Disagreement.WE_REFUSED.value)),
        default=Value(""),
    )


def judged(status: int, node_id: str, by_state: Mapping[str, int]) -> str:
    """Return what `disagreement` would, of a process whose deliveries are counted already."""
    received, refused = sum(by_state.values()), by_state.get(State.REJECTED, 0) + by_state.get(State.DEAD, 0)
    if status >= FAILURE:
        return Disagreement.WE_APPLIED if received and received == by_state.get(State.APPLIED) else ""
    return Disagreement.WE_REFUSED if refused and not node_id else ""


def unsettled(status: int, node_id: str, by_state: Mapping[str, int]) -> int:
    """Return how many deliveries are on their way although Dsync reports that the whole process went well."""
    return sum(by_state.get(state, 0) for state in PENDING) if status < FAILURE and not node_id else 0


def we_applied() -> Q:
    others = ours().exclude(state=State.APPLIED)
    return Q(status__gte=FAILURE) & Q(Exists(ours())) & ~Q(Exists(others))


def we_refused() -> Q:
    refused = ours().filter(state__in=[State.REJECTED, State.DEAD])
    return Q(status__lt=FAILURE, node_id="") & Q(Exists(refused))


def disagreeing(notifications: QuerySet[Any]) -> QuerySet[Any]:
    """Return those of these notifications that contradict our deliveries; their number is the count."""
    return notifications.filter(we_applied() | we_refused())


def ours() -> QuerySet[Delivery]:
    """Return the deliveries of an outer notification's process; the second condition lets the partial index serve."""
    return Delivery.objects.filter(process_id=OuterRef("process_id"), client_id=OuterRef("client_id")).exclude(
        process_id=""
    )
