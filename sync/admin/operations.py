"""What the pages of deliveries do for a person: by POST alone, with permission, logged, and reported by a count."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from connector.edge.admin.pages import MachineWritten
from sync.models import Delivery
from sync.models.delivery import HEAVY
from sync.operating import dead_letters
from sync.operating.dead_letters import Tally

AT_ONCE = 500
SECONDS = 10.0  # Far under the web server's time-out; whoever wants more presses again.


@dataclass(frozen=True)
class Operation:
    """What is done to a dead delivery, its name in a report, and what the admin's log keeps of it: no payload."""

    act: Callable[[Delivery], bool]
    done: str
    entry: str


REPLAY = Operation(dead_letters.replay, "replayed", "Replayed.")


class Operated(MachineWritten):
    """The admin of rows that programs write and a person does something about."""

    has_history = True

    def operate(self, request: HttpRequest, deliveries: Iterable[Delivery], operation: Operation) -> Tally:
        """Do it to each delivery in a transaction of its own, with its line in the admin's log."""
        return dead_letters.for_each(deliveries, partial(self.operate_on, request, operation), seconds=SECONDS)

    @transaction.atomic
    def operate_on(self, request: HttpRequest, operation: Operation, delivery: Delivery) -> bool:
        done = operation.act(delivery)
        if done:
            self.log_change(request, delivery, operation.entry)
        return done

    def report(self, request: HttpRequest, tally: Tally, operation: Operation, *, rest: str = "") -> None:
        level = messages.WARNING if tally.not_dead or tally.left or rest else messages.SUCCESS
        self.message_user(request, f"{told(tally, operation.done)} {rest}".strip(), level)

    def selected(self, request: HttpRequest, rows: QuerySet[Any]) -> list[Any]:
        """Return the rows that were ticked in a list, also those that have left its filter since it was shown.

        None are returned where they are too many, and the person is told.
        """
        if request.POST.get("select_across") != "1":
            rows = self.get_queryset(request).filter(pk__in=request.POST.getlist(ACTION_CHECKBOX_NAME))
        heavy = {field.name for field in self.opts.concrete_fields} & set(HEAVY)
        found = list(rows.order_by("pk").defer(*heavy)[: AT_ONCE + 1])
        if len(found) <= AT_ONCE:
            return found
        self.message_user(request, f"Nothing was done: at most {AT_ONCE} are taken at once.", messages.ERROR)
        return []


def told(tally: Tally, done: str) -> str:
    """Return what became of deliveries as one sentence, such as "3 replayed, 1 was not dead."."""
    parts = [f"{tally.done} {done}"]
    if tally.not_dead:
        parts.append(f"{tally.not_dead} {'was' if tally.not_dead == 1 else 'were'} not dead")
    if tally.left:
        parts.append(f"{tally.left} left, because a worker is at them or the time was up: do it again")
    return f"{', '.join(parts)}."
