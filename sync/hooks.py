"""Where a deployer's own code hears of applied deliveries: inside their transaction, or after its commit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.dispatch import Signal

from entities.schema import EntitySchema
from sync.models import Delivery, FollowUp

# Sent inside the transaction that applies a delivery, with `entity` (its name), `operation` ("POST", "PUT", "DELETE",
# or "UPSERT" of a pulled record) and `delivery`; the sender is the entity's model. What a receiver raises undoes the
# delivery: an inline one is answered 500, a deferred one is tried again and dead in the end, a pulled one is rejected.
delivery_applied = Signal()

Function = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Hook:
    name: str
    function: Function
    entity: str | None


HOOKS: dict[str, Hook] = {}


def after_commit(*, entity: str | None = None) -> Callable[[Function], Function]:
    """Have a function called after the commit of every delivery, or of one entity's, at least once.

    It gets `entity`, `operation` and `delivery`, and may run for up to 30 s. What it raises has it called again later,
    and given up in the end; the delivery's number tells it a second call from a first.
    """

    def register(function: Function) -> Function:
        name = f"{function.__module__}.{function.__qualname__}"
        HOOKS[name] = Hook(name, function, entity)
        return function

    return register


def hooks_of(entity: str) -> list[Hook]:
    return [hook for hook in HOOKS.values() if hook.entity in (None, entity)]


def is_heard(schema: EntitySchema) -> bool:
    """Tell whether anybody wants to know of this entity's deliveries."""
    if delivery_applied.receivers and delivery_applied.has_listeners(schema.model):  # Where nobody listens, not asked.
        return True
    return bool(hooks_of(schema.name))


def announce(schema: EntitySchema, deliveries: Sequence[Delivery]) -> None:
    """Tell of applied deliveries: to receivers at once, to hooks by a row each, which this transaction commits."""
    for delivery in deliveries:
        delivery_applied.send(schema.model, entity=delivery.entity, operation=delivery.method, delivery=delivery)
    hooks = hooks_of(schema.name)
    FollowUp.objects.bulk_create(
        [FollowUp(hook=hook.name, delivery=delivery.pk) for delivery in deliveries for hook in hooks]
    )
