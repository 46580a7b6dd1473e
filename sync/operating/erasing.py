"""Taking out what is kept of a record: itself, what its deliveries said, and what upper rooms have of it.

What stays is that it was there: its key, a tombstone, and of its deliveries when they came and what became of them. The
erasure is a deletion like any other to those who listen, and to Dsync where the entity is pushed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from connector.edge.models import Client
from entities import store
from entities.schema import EntitySchema
from sync.accepting import intake
from sync.delivery import entering
from sync.delivery.command import judge
from sync.delivery.write import Write, lock_number
from sync.local import Author
from sync.models import Delivery, FollowUp, PullPage
from sync.models.delivery import ERASED, LANES, Method, State
from sync.models.delivery import DeliveryQuerySet as Deliveries
from sync.operating import dead_letters

NOTHING: dict[str, Any] = {
    "body": b"",
    "edited_body": None,
    "errors": [],
    "ignored": [],
    "previous": None,
    "reason": ERASED,
}


@dataclass(frozen=True)
class Place:
    """Where a record may be kept besides the tables of this room, in things with numbers.

    `erase` goes through those after a number, the lowest first, and yields each number with how much was there.
    """

    noun: str
    erase: Callable[[EntitySchema, str, int], Iterator[tuple[int, int]]]


PLACES: list[Place] = []


def register(place: Place) -> None:
    """Have what an upper room keeps of a record taken out with it; that room is not known here."""
    PLACES.append(place)


@transaction.atomic
def out_of_database(schema: EntitySchema, key: str, by: Author) -> dict[str, int]:
    """Delete a record and empty its deliveries, while no worker has them and nobody writes it.

    Raises:
        Busy: a worker has the record in hand.
    """
    dead_letters.lock(lock_number(schema.name, key) % LANES)
    with dead_letters.waiting():
        entering.lock(schema.name, key)
    give_up(schema.name, key)
    told = {"deliveries": empty(schema.name, key)}
    delete(schema, key, by)
    empty(schema.name, key)  # The deletion tells what was there.
    told = {"record": int(store.erase(schema, schema.key.parse(key))), **told}
    return {**told, "reports of pulls": forget_pulled(schema.name, key)}


def of_record(entity: str, key: str) -> tuple[Deliveries, Deliveries]:
    """Return a record's deliveries, each half of which is what one partial index holds."""
    named = Delivery.objects.filter(record_hash=lock_number(entity, key), entity=entity, record_key=key)
    return named.filter(state=State.REJECTED), named.exclude(state=State.REJECTED)


def give_up(entity: str, key: str) -> None:
    """Skip what waits of a record, and what hooks have yet to do with it."""
    refused, others = of_record(entity, key)
    others.unapplied().update(state=State.SKIPPED, runnable_at=None, finished_at=Now())
    FollowUp.objects.filter(
        delivery__in=[*refused.values_list("pk", flat=True), *others.values_list("pk", flat=True)]
    ).delete()


def delete(schema: EntitySchema, key: str, by: Author) -> None:
    """Delete a record that lives, at once, whatever mode its entity is in and however many deletes came."""
    client, _ = Client.objects.get_or_create(name=by.name)
    write = Write(client.pk, schema.name, Method.DELETE, b"", process_id=by.process_id, is_local=True, is_decided=True)
    command = judge(write, schema, key, [])
    if command and store.locked_keys(schema, [key]):
        intake.carry_out(command, is_deferred=False)


def empty(entity: str, key: str) -> int:
    """Empty a record's deliveries, and return how many there are that had not been."""
    return sum(deliveries.exclude(reason=ERASED).update(**NOTHING) for deliveries in of_record(entity, key))


def forget_pulled(entity: str, key: str) -> int:
    """Remove what reports of pulls say of a record besides its key; return how many said anything."""
    pages = PullPage.objects.filter(pull__entity=entity, keys__contains=[key]).exclude(notes={})
    return sum(forget_on(page, key) for page in pages.select_for_update())


def forget_on(page: PullPage, key: str) -> int:
    gone = {str(place) for place, named in enumerate(page.keys) if named == key} & page.notes.keys()
    page.notes = {place: note for place, note in page.notes.items() if place not in gone}
    page.save(update_fields=["notes"])
    return len(gone)
