"""From which number on something of a record is looked for, so that partitions are left out that have nothing of it.

Two things are looked for by record, which tells nothing of the partition: what a write may repeat, which is young, and
work that waits, of which old partitions have none, unless some is dead or held. The dispatcher notes with which
partition each begins, and all processes read it now and then. An old note is too low, which costs time and nothing
else: into a partition whose numbers are all decided nothing comes any more, and what is finished there stays so.

The numbers stand in the statements, not beside them: PostgreSQL then leaves partitions out when it plans, once, and has
no reason to plan anew for each execution.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache

from django.conf import settings
from django.db.models.functions import Now

from connector.edge.kept import kept
from sync.keeping.partitions import Partition, fetched, partitions
from sync.models import Gauge
from sync.models.delivery import UNFINISHED

COUNTED = "counted"  # The gauge of the number up to which deliveries are in the counts of traffic.
# How a statement says it: as it is written it leaves out nothing.
YOUNG, OPEN = "id >= 0 /* young */", "id >= 0 /* open */"
GAUGES = {YOUNG: "young from", OPEN: "open from"}
KEPT_SECONDS = 60
YOUNGEST_IS_OLD = "SELECT accepted_at < now() - %s FROM {name} ORDER BY id DESC LIMIT 1"
SLACK = timedelta(hours=1)  # Numbers are drawn before the time is written; no transaction takes so long.
ANY_OPEN = f"SELECT id FROM {{name}} WHERE {UNFINISHED} ORDER BY record_hash, id LIMIT 1"  # noqa: S608 (names of ours)


def raised(sql: str) -> str:
    """Return a statement that looks no further back than it must."""
    return standing(sql, *floors().items())


@lru_cache(maxsize=1024)
def standing(sql: str, *numbers: tuple[str, int]) -> str:
    for condition, number in numbers:
        sql = sql.replace(condition, f"id >= {number}")
    return sql


@kept(KEPT_SECONDS)
def floors() -> dict[str, int]:
    """Return the numbers that were noted, by what a statement says in their place."""
    noted = dict(Gauge.objects.filter(name__in=GAUGES.values()).values_list("name", "value"))
    return {condition: noted[name] for condition, name in GAUGES.items() if name in noted}


def note() -> None:
    """Note, for all processes, with which partitions the young and the unfinished deliveries begin."""
    repeatable = timedelta(hours=settings.CONNECTOR_REPEAT_HOURS) + SLACK
    found = {YOUNG: first(lambda each: not is_old(each, repeatable)), OPEN: first(is_open)}
    gauges = [Gauge(name=GAUGES[condition], value=number, measured_at=Now()) for condition, number in found.items()]
    Gauge.objects.bulk_create(
        gauges, update_conflicts=True, unique_fields=["name"], update_fields=["value", "measured_at"]
    )


def first(matches: Callable[[Partition], bool]) -> int:
    """Return where the first partition begins that matches; the last one always does."""
    return next(each.first for each in partitions() if each.end is None or matches(each))


def is_open(partition: Partition) -> bool:
    """Tell whether there may be anything unfinished in it, now or later."""
    return not is_decided(partition) or bool(fetched(ANY_OPEN.format(name=partition.name)))


def is_old(partition: Partition, age: timedelta) -> bool:
    """Tell whether all of its numbers are decided, and its last delivery is older than that."""
    if not is_decided(partition):
        return False
    youngest = fetched(YOUNGEST_IS_OLD.format(name=partition.name), [age])
    return not youngest or bool(youngest[0][0])


def is_decided(partition: Partition) -> bool:
    """Tell whether all of its numbers are counted, so that nothing comes into it any more."""
    return partition.end is not None and partition.end <= counted() + 1


def counted() -> int:
    """Return the number up to which deliveries are in the counts of traffic."""
    return Gauge.objects.filter(name=COUNTED).values_list("value", flat=True).first() or 0


def forget_floors() -> None:
    """Take it that nothing was noted, until it is time to look again."""
    floors.keep({})
