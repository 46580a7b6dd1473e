"""Replaying or skipping all dead deliveries of a group, in the background: a step is one transaction.

What a step did and how far the sweep is are one commit, so that whoever is killed has done a step or has not. A step
waits for no lane: it passes those over that a worker has in hand, and comes back to them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from connector.edge import audit
from connector.edge.audit_entry import Action
from sync.applying import turns
from sync.models import Delivery, Lane, Sweep
from sync.models.delivery import HEAVY, State
from sync.models.leased import LEASE
from sync.models.sweep import Act, SweepState
from sync.operating.dead_groups import extent, members
from sync.work import wake

AT_ONCE = 500
BREATH = timedelta(seconds=1)  # for the workers, where all that is left is in their hands


@transaction.atomic
def begin(*, entity: str, reason: str, act: Act, note: str = "", user_id: int | None = None) -> tuple[Sweep, bool]:
    """Have all dead deliveries of a group swept; tell too whether it is new, or is under way already."""
    total, until = extent(entity=entity, reason=reason)
    asked = {"act": act, "note": note, "asked_by_id": user_id, "total": total, "until": until}
    found, is_new = Sweep.objects.running().get_or_create(
        entity=entity, cause=reason, state=SweepState.RUNNING, defaults=asked
    )
    transaction.on_commit(wake.workers)
    return found, is_new


def are_due() -> bool:
    return Sweep.objects.due().exists()


def run(seconds: float) -> bool:
    """Work at what is due; tell whether nothing is left, or else the time was up."""
    return Sweep.objects.work(seconds, go_on)


def go_on(sweep: Sweep, until: float) -> None:
    """Take the next steps of a claimed sweep, and give it back."""
    while step(sweep) and time.monotonic() < until:
        pass
    Sweep.objects.held(sweep).update(leased_until=None)


@transaction.atomic
def step(sweep: Sweep) -> bool:
    """Do the next deliveries of a claimed sweep; tell whether there is something to go on with at once."""
    mine = Sweep.objects.running().held(sweep)
    held = mine.select_for_update(of=("self",)).first()
    if held is None:  # Cancelled, or in other hands.
        return False
    found = chosen(held)
    if not found:
        held.end(SweepState.DONE)
        return False
    free = free_lanes(found)
    taken = [delivery for delivery in found if delivery.lane in free]
    passed_over = [delivery.pk for delivery in found if delivery.lane not in free]
    done = apply(held, taken)
    waits = {"due_at": Now() + BREATH} if not taken else {}
    mine.update(
        place=max(held.place, *(delivery.pk for delivery in found)),
        passed_over=passed_over,
        done=F("done") + done,
        not_dead=F("not_dead") + len(taken) - done,
        leased_until=Now() + LEASE,
        tries=0,
        **waits,
    )
    return bool(taken)


def chosen(sweep: Sweep) -> list[Delivery]:
    """Return the next deliveries of a sweep, those first that were passed over."""
    room = AT_ONCE - len(sweep.passed_over)
    following = members(entity=sweep.entity, reason=sweep.cause, most=room, after=sweep.place)
    numbers = [*sweep.passed_over, *(number for number in following if number <= sweep.until)]
    return list(Delivery.objects.filter(pk__in=numbers).order_by("pk").defer(*HEAVY))


def free_lanes(deliveries: Iterable[Delivery]) -> set[int]:
    """Lock the lanes of deliveries that no worker has in hand, and return them."""
    lanes = Lane.objects.filter(pk__in={delivery.lane for delivery in deliveries})
    return set(lanes.select_for_update(skip_locked=True).values_list("pk", flat=True))


def replay(deliveries: Sequence[Delivery], _sweep: Sweep) -> str:
    Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries]).replay()
    return "Replayed."


def skip(deliveries: Sequence[Delivery], sweep: Sweep) -> str:
    Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries]).skip(sweep.note)
    turns.release(deliveries)
    return "Skipped."


ACTS: dict[Act, Callable[[Sequence[Delivery], Sweep], str]] = {Act.REPLAY: replay, Act.SKIP: skip}


def apply(sweep: Sweep, taken: Sequence[Delivery]) -> int:
    """Do it to those that are dead, whose lanes are locked, each with its line in the admin's log; return how many."""
    numbers = [delivery.pk for delivery in taken]
    dead = Delivery.objects.filter(pk__in=numbers, state=State.DEAD).order_by("pk").defer(*HEAVY)
    found = list(dead)
    if not found:
        return 0
    entry = ACTS[Act(sweep.act)](found, sweep)
    if sweep.asked_by is not None:
        audit.note_for(sweep.asked_by, Action.CHANGED, found, entry)
    transaction.on_commit(wake.workers)
    return len(found)
