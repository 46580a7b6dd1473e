"""From the outbox to Dsync: under leases, without a transaction, at least once, records side by side."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from connector.edge.encryption import Undecipherable
from entities.schema import schemas
from sync.models import Push
from sync.models.delivery import Method
from sync.push import gate, outbox
from sync.push.line import Line
from sync.push.message import Message, messages
from sync.push.tokens import tokens_of
from sync.push.verdicts import UNKNOWN, Fate, Verdict, verdict_of
from sync.watching import metrics
from sync.work.retry import TRIES

log = structlog.get_logger(__name__)

ANSWERED = (Fate.TAKEN, Fate.REFUSED, Fate.OTHERWISE)


@dataclass(slots=True)
class Sent:
    """A record that was sent, and what became of it."""

    push: Push
    message: Message
    verdict: Verdict = UNKNOWN

    def tell(self, push: Push) -> None:
        fate = self.verdict.fate
        metrics.pushes.labels(push.entity, fate.name.lower()).inc()
        say = log.info if fate == Fate.TAKEN else log.warning
        event = "push_taken" if fate == Fate.TAKEN else "push_failed"
        say(event, push=push.pk, entity=push.entity, fate=fate.name, tries=push.tries)

    def settle(self, *, counts: bool) -> None:
        """Write what became of it; `counts` tells whether a doubtful failure was the record's."""
        push, reason = self.push, self.verdict.reason
        self.tell(push)
        match self.verdict.fate:
            case Fate.TAKEN:
                outbox.sent(push, is_known=self.message.method != Method.DELETE)
            case Fate.REFUSED:
                outbox.bury(push, reason)
            case Fate.OTHERWISE:
                outbox.again(push, reason, is_known=not push.is_known)
            case Fate.DOUBTFUL if counts:
                outbox.again(push, reason)
            case _:
                outbox.give_back(push, reason)


def run(seconds: float) -> bool:
    """Send what is due; tell whether nothing is left, or else the time was up."""
    until = time.monotonic() + seconds
    if not outbox.are_due():
        return True
    with Line(settings.CONNECTOR_PUSH_URL) as line:
        while time.monotonic() < until:
            found = [send_some(line, entity) for entity in gate.open_entities() if time.monotonic() < until]
            if not any(found):
                return time.monotonic() < until
    return False


def send_some(line: Line, entity: str) -> bool:
    """Send a batch of one entity's records as they are now, and settle each; tell whether there were any."""
    claimed = outbox.claim(entity)
    send_batch(line, entity, [push for push in claimed if not is_exhausted(push)])
    return bool(claimed)


def send_batch(line: Line, entity: str, pushes: Sequence[Push]) -> None:
    try:
        tokens = tokens_of(entity)
    except (KeyError, Undecipherable, ImproperlyConfigured) as exc:
        log.warning("push_tokens_not_read", entity=entity, error=type(exc).__name__)
        give_back(entity, pushes, "A token cannot be read: set it anew.")
        return
    told = list(zip(pushes, messages(schemas()[entity], pushes, tokens), strict=True))
    for push in [push for push, message in told if message is None]:
        outbox.sent(push, is_known=False)
    sent = [Sent(push, message) for push, message in told if message]
    for each, outcome in zip(sent, line.send([each.message for each in sent]), strict=True):
        each.verdict = verdict_of(each.message.method, outcome).without(tokens)
    conclude(entity, sent)


def is_exhausted(push: Push) -> bool:
    """Bury a record that ended its workers; one that was sent or failed is never left with so many tries."""
    if push.tries <= TRIES:
        return False
    outbox.bury(push, "It ended its workers.")
    return True


def give_back(entity: str, pushes: Sequence[Push], reason: str) -> None:
    gate.pause(entity, reason)
    for push in pushes:
        outbox.give_back(push, reason)


def conclude(entity: str, sent: Sequence[Sent]) -> None:
    """Settle a batch, and pause its entity where Dsync is in trouble, or resume it where it is not any more."""
    was_in_trouble = gate.is_in_trouble(entity)
    is_answered = any(each.verdict.fate in ANSWERED for each in sent)
    for each in sent:
        if each.verdict.fate == Fate.AWAY or (each.verdict.fate == Fate.DOUBTFUL and not is_answered):
            gate.pause(entity, each.verdict.reason, each.verdict.retry_after)
    if is_answered and was_in_trouble and not any(each.verdict.fate == Fate.AWAY for each in sent):
        gate.resume(entity)
    for each in sent:
        each.settle(counts=is_answered or not was_in_trouble)
