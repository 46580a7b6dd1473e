"""Counting deliveries for the first page of the admin: each of them once, without a counter that a write touches.

What is decided by its number is counted in ranges, in the state that it is in. What is not finished then is noted
(`Unsettled`) and looked at again until it is, which takes it from one state's count to another's. Both are one
transaction with the place that was reached, so that an interruption neither loses nor doubles any. For every stretch of
time, received is the sum over all states. Pruning leaves what is not counted, and the counts leave what it removes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now

from entities.schema import schemas
from sync.keeping.floors import COUNTED
from sync.keeping.horizon import Horizon, Reached
from sync.models import Applied, Gauge, Traffic

LOOKED = "looked"  # The gauge of the number after which to look again.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
BATCH = 20_000
COUNTING_SECONDS, LOOKING_SECONDS = 0.5, 0.3
FINE, COARSE = 5, 60  # minutes
EVER = 0  # The stretch that began in 1970 and never ends: its counts are those of metrics.
FINE_DAYS = 2
UNDER_MS = (
    *(10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000),
    *(60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000, 21_600_000, 86_400_000, 604_800_000),
)
BEYOND_MS = 10**12

SPEED = f"""
    CASE WHEN state = 'applied' AND is_deferred THEN coalesce(
        (ARRAY{list(UNDER_MS)}::bigint[])[1 + width_bucket(
            extract(epoch FROM finished_at - accepted_at)::float8 * 1000, ARRAY{list(UNDER_MS)}::float8[]
        )], {BEYOND_MS}
    ) ELSE 0 END
"""
KEEP = f"""
    INSERT INTO sync_traffic (minutes, start, entity, state, under_ms, deliveries)
    SELECT minutes, CASE minutes WHEN {EVER} THEN 'epoch'
               ELSE date_bin(make_interval(mins => minutes), accepted_at, 'epoch') END,
           entity, state, under_ms, sum(more)
    FROM change CROSS JOIN (VALUES ({EVER}), ({FINE}), ({COARSE})) AS stretch (minutes)
    WHERE minutes <> {FINE} OR accepted_at > now() - interval '{FINE_DAYS} days'
    GROUP BY 1, 2, 3, 4, 5 HAVING sum(more) <> 0 ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (minutes, entity, start, state, under_ms)
    DO UPDATE SET deliveries = sync_traffic.deliveries + excluded.deliveries
"""  # noqa: S608 (numbers of ours)
APPLY = """
    INSERT INTO sync_applied (entity, outcome, deliveries)
    SELECT entity, outcome, count(*) FROM {arrived} WHERE outcome IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (entity, outcome) DO UPDATE SET deliveries = sync_applied.deliveries + excluded.deliveries
"""
COUNT = f"""
    WITH seen AS MATERIALIZED (
        SELECT id, entity, state, outcome, accepted_at, finished_at, is_deferred FROM sync_delivery
        WHERE id > %(after)s AND id <= %(last)s ORDER BY id LIMIT %(most)s
    ), unsettled AS (
        INSERT INTO sync_unsettled (delivery, entity, accepted_at, state)
        SELECT id, entity, accepted_at, state FROM seen WHERE finished_at IS NULL
    ), change AS (
        SELECT entity, accepted_at, state, {SPEED} AS under_ms, 1 AS more FROM seen
    ), kept AS ({KEEP}
    ), applied AS ({APPLY.format(arrived="seen")}
    ), reached AS (
        SELECT count(*) < %(most)s AS is_last, CASE WHEN count(*) < %(most)s THEN %(last)s ELSE max(id) END AS place
        FROM seen
    )
    UPDATE sync_gauge SET value = place, measured_at = CASE WHEN is_last THEN %(at)s ELSE measured_at END
    FROM reached WHERE name = '{COUNTED}' RETURNING is_last
"""  # noqa: S608
# Without the OFFSET it would be a join, for which the whole journal may be read.
LOOK = f"""
    WITH page AS MATERIALIZED (
        SELECT * FROM sync_unsettled WHERE delivery > %(after)s ORDER BY delivery LIMIT %(most)s
    ), moved AS MATERIALIZED (
        SELECT page.*, stored.state AS state_now, stored.outcome, stored.finished_at, stored.is_deferred FROM page
        LEFT JOIN LATERAL (
            SELECT state, outcome, finished_at, is_deferred FROM sync_delivery WHERE id = page.delivery OFFSET 0
        ) AS stored ON true
        WHERE stored.state IS DISTINCT FROM page.state
    ), settled AS (
        DELETE FROM sync_unsettled USING moved WHERE sync_unsettled.delivery = moved.delivery
        AND (moved.finished_at IS NOT NULL OR moved.state_now IS NULL)
    ), unsettled AS (
        UPDATE sync_unsettled SET state = moved.state_now FROM moved WHERE sync_unsettled.delivery = moved.delivery
        AND moved.finished_at IS NULL AND moved.state_now IS NOT NULL
    ), change AS (
        SELECT entity, accepted_at, state, 0 AS under_ms, -1 AS more FROM moved
        UNION ALL
        SELECT entity, accepted_at, state, {SPEED}, 1 FROM (
            SELECT entity, accepted_at, state_now AS state, finished_at, is_deferred FROM moved
            WHERE state_now IS NOT NULL
        ) AS arrived
    ), kept AS ({KEEP}
    ), applied AS ({APPLY.format(arrived="moved")}
    ), reached AS (
        SELECT CASE WHEN count(*) < %(most)s THEN 0 ELSE max(delivery) END AS place FROM page
    )
    UPDATE sync_gauge SET value = place, measured_at = now() FROM reached WHERE name = '{LOOKED}' RETURNING value = 0
"""  # noqa: S608


def keep(horizon: Horizon) -> bool:
    """Count what is decided, and look again at some of what was not finished; tell whether all is counted.

    Two processes do no harm: one of them counts at a time, and each locks lines in one order.
    """
    reached = horizon.reach()
    is_counted = reached is None or repeat(lambda: count(reached), COUNTING_SECONDS)
    repeat(look, LOOKING_SECONDS)
    return is_counted


def catch_up() -> None:
    """Count all that is decided, however long it takes: for whoever is about to remove what is counted."""
    horizon = Horizon()
    while not keep(horizon):
        pass
    for _ in range(2):  # The round under way has begun in the middle.
        while not look():
            pass


def repeat(step: Callable[[], bool], seconds: float) -> bool:
    """Take steps until one tells that it was the last."""
    until = time.monotonic() + seconds
    while not step():
        if time.monotonic() > until:
            return False
    return True


@transaction.atomic
def count(reached: Reached) -> bool:
    """Count the next deliveries, as far as all is decided; tell whether that is reached.

    The time of the gauge says before when everything that was accepted is counted.
    """
    after = held(COUNTED)
    if after is None or after > reached.number:  # Another process has counted further than this one knows.
        return True
    return take(COUNT, after=after, last=reached.number, at=reached.at)


@transaction.atomic
def look() -> bool:
    """Look again at the next of those that were not finished; tell whether it has been at all of them."""
    after = held(LOOKED)
    return after is None or take(LOOK, after=after)


def held(name: str) -> int | None:
    """Return a place, which is ours until the transaction ends; None while it is another's."""
    Gauge.objects.get_or_create(name=name, defaults={"value": 0, "measured_at": NEVER})
    gauge = Gauge.objects.select_for_update(skip_locked=True).filter(name=name).first()
    return gauge.value if gauge else None


def take(sql: str, **place: Any) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, {**place, "most": BATCH})
        return bool(cursor.fetchone()[0])


def counted_before() -> datetime | None:
    """Return before when everything that was accepted is counted; None until there is such a moment."""
    gauge = Gauge.objects.filter(name=COUNTED, measured_at__gt=NEVER).first()
    return gauge.measured_at if gauge else None


def ever() -> QuerySet[Traffic]:
    """Return what became of all deliveries of entities that were ever counted: a few lines for each.

    A refused write may name an entity that is none, and each such name has a line too.
    """
    return Traffic.objects.filter(minutes=EVER, entity__in=list(schemas()))


def applied() -> QuerySet[Applied]:
    """Return what deliveries did to the records of entities that there are, of all that were ever counted."""
    return Applied.objects.filter(entity__in=list(schemas()))


def prune() -> None:
    """Remove counts that nothing shows any more: old ones, and those of names that clients have made up."""
    Traffic.objects.filter(minutes=FINE, start__lt=Now() - timedelta(days=FINE_DAYS)).delete()
    if settings.CONNECTOR_DELIVERY_DAYS:
        old = Now() - timedelta(days=settings.CONNECTOR_DELIVERY_DAYS)
        Traffic.objects.filter(minutes=COARSE, start__lt=old).delete()
        made_up = Traffic.objects.filter(minutes=EVER).exclude(entity__in=list(schemas()))
        # While others are there, it may be an entity of a newer release, which this process does not know.
        others = Traffic.objects.filter(minutes=COARSE, entity=OuterRef("entity"))
        made_up.exclude(Exists(others)).delete()
