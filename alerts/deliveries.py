"""Alerts about deliveries: dead ones by cause, parked records, held deletes, and a backlog that is old or full."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import connection

from alerts.kinds import Finding, Kind, many, page, register
from connector.edge.counting import COUNTED, bounded
from sync.models import FollowUp
from sync.operating import dead_groups, held
from sync.watching import backlog

LOOKED_AT = 10_000
# The oldest that were accepted and are not applied, in the order of the index by state, which no other index gives.
OLDEST = f"""
    SELECT entity, count(*) FROM (
        SELECT entity, runnable_at, accepted_at FROM sync_delivery
        WHERE (state, id) >= ('accepted', 0) AND (state, id) < ('accepted', {2**63 - 1}) AND NOT (state = 'applied')
        ORDER BY state, id LIMIT {LOOKED_AT}
    ) AS oldest WHERE {{}} GROUP BY entity ORDER BY entity
"""  # noqa: S608 (numbers of ours)
PARKED = OLDEST.format("runnable_at IS NULL AND accepted_at < now() - make_interval(hours => %s)")
OVERDUE = OLDEST.format("runnable_at < now() - make_interval(mins => %s)")
GIVEN_UP = f"""
    SELECT hook, reason, count(*) FROM (
        SELECT hook, reason FROM sync_followup WHERE due_at IS NULL ORDER BY id LIMIT {LOOKED_AT}
    ) AS oldest GROUP BY hook, reason ORDER BY hook, reason
"""  # noqa: S608
DEAD_PUSHES = f"""
    SELECT entity, count(*) FROM (
        SELECT entity FROM sync_push WHERE state = 'dead' ORDER BY id LIMIT {LOOKED_AT}
    ) AS oldest GROUP BY entity ORDER BY entity
"""  # noqa: S608


def fetched(sql: str, *parameters: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[Any] = cursor.fetchall()
        return rows


def dead() -> Iterator[Finding]:
    for group in dead_groups.groups():
        text = f"{group.entity}: {bounded(group.dead)} dead, {group.reason or 'for no reason that was told'}"
        query = {"since": "any", "state": "dead", "entity": group.entity, "reason": group.reason}
        yield Finding(f"{group.entity} {group.reason}", text, page("sync_delivery_changelist", **query))


def parked() -> Iterator[Finding]:
    """Tell by entity of deliveries that wait behind another of their record for long."""
    hours = settings.CONNECTOR_PARKED_HOURS
    for entity, count in fetched(PARKED, hours) if hours else ():
        waiting = many(count, "delivery has", "deliveries have", bound=LOOKED_AT)
        text = f"{entity}: {waiting} waited behind another of the same record for over {hours} h"
        query = {"since": "any", "state": "accepted", "entity": entity}
        yield Finding(entity, text, page("sync_delivery_changelist", **query))


def held_deletes() -> Iterator[Finding]:
    for group in held.groups():
        waiting = many(group.held, "delete is", "deletes are", bound=COUNTED + 1)
        yield Finding(group.entity, f"{group.entity}: {waiting} held", page("sync_delivery_held"))


def overdue() -> Iterator[Finding]:
    minutes = settings.CONNECTOR_OVERDUE_MINUTES
    waiting = sum(count for _, count in fetched(OVERDUE, minutes)) if minutes else 0
    if waiting:
        shown = many(waiting, "delivery", "deliveries", bound=LOOKED_AT)
        text = f"{shown} ready for over {minutes} min and not applied yet"
        yield Finding("", text, page("sync_delivery_changelist", since="any", state="accepted"))


def full() -> Iterator[Finding]:
    if backlog.is_full():
        waiting = many(settings.CONNECTOR_BACKLOG, "delivery waits", "deliveries wait")
        text = f"{waiting}, which is the limit: more are answered 503"
        yield Finding("", text, page("index"))


def follow_ups() -> Iterator[Finding]:
    if not FollowUp.objects.given_up().exists():
        return
    for hook, reason, count in fetched(GIVEN_UP):
        text = f"{many(count, 'call', 'calls', bound=LOOKED_AT)} of {hook} given up, {reason}"
        yield Finding(f"{hook} {reason}", text, page("sync_followup_changelist", **{"is": "given-up"}))


def pushes() -> Iterator[Finding]:
    """Tell by entity: what Dsync gave as a reason may quote a value."""
    for entity, count in fetched(DEAD_PUSHES):
        text = f"{entity}: {many(count, 'record', 'records', bound=LOOKED_AT)} could not be told to Dsync"
        yield Finding(entity, text, page("sync_push_changelist", state="dead"))


register(Kind("dead-delivery", "Dead deliveries", dead))
register(Kind("parked-record", "Parked records", parked, every=60))
register(Kind("held-delete", "Held deletes", held_deletes))
register(Kind("backlog-old", "A backlog that is old", overdue))
register(Kind("backlog-full", "A full backlog", full))
register(Kind("dead-follow-up", "Hooks given up", follow_ups, every=60))
register(Kind("dead-push", "Dead pushes", pushes, every=60))
