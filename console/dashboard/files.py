"""Partners' files: what was imported of whom, and which sources are silent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import F, Q
from django.utils import timezone

from datasources.models import DataSource, ImportState

LOOKED_AT = 10_000  # imports, the newest of all
SHOWN = 10
SLACK = timedelta(minutes=10)
BY_PARTNER = f"""
    SELECT partner_id, max(partner.name), count(*), count(*) FILTER (WHERE newest.state IN (1, 2)),
        count(*) FILTER (WHERE newest.state = {ImportState.BAD_FORMAT.value}),
        count(*) FILTER (WHERE newest.state = {ImportState.PENDING.value}),
        sum(rows), sum(rows_with_errors), max(newest.created_at)
    FROM (SELECT * FROM datasources_import ORDER BY id DESC LIMIT {LOOKED_AT}) AS newest
    JOIN partners_partner AS partner ON partner.id = partner_id
    WHERE newest.created_at >= %s GROUP BY partner_id ORDER BY count(*) DESC, partner_id LIMIT {SHOWN}
"""  # noqa: S608 (numbers of ours)
LAST_FILES = f"""
    SELECT data_source_id, max(created_at) FROM (
        SELECT data_source_id, created_at FROM datasources_import ORDER BY id DESC LIMIT {LOOKED_AT}
    ) AS newest WHERE data_source_id IS NOT NULL GROUP BY data_source_id
"""  # noqa: S608
LAST_OF_ENTITIES = f"""
    SELECT entity, max(created_at) FROM (
        SELECT entity, created_at FROM datasources_import ORDER BY id DESC LIMIT {LOOKED_AT}
    ) AS newest WHERE entity <> '' GROUP BY entity
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Imported:
    """What came in a partner's files."""

    partner_id: int
    partner: str
    files: int
    under_way: int
    bad: int
    held: int
    rows: int
    rows_with_errors: int
    last: datetime


def imports(since: datetime) -> list[Imported]:
    """Return the imports of the partners with the most files, of the newest 10,000."""
    return [Imported(*row) for row in fetched(BY_PARTNER, [since])]


def last_of_entities() -> dict[str, datetime]:
    """Return when a file last came that becomes records of each entity."""
    return dict(fetched(LAST_OF_ENTITIES))


def fetched(sql: str, parameters: Any = ()) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[Any] = cursor.fetchall()
        return rows


@dataclass(frozen=True, slots=True)
class Trouble:
    """A source that a person should look at, and why."""

    source: DataSource
    kind: str
    why: str


def silent_sources(now: datetime | None = None) -> list[Trouble]:
    """Return the sources that are paused, that fail, that nobody looks at, and those that have had no file for long."""
    now, last = now or timezone.now(), dict(fetched(LAST_FILES))
    rows = DataSource.objects.select_related("partner").filter(Q(paused_at__isnull=False) | Q(active=True))
    light = rows.defer("password", "private_key_file", "passphrase", "column_mapping", "file_patterns")
    found = (
        trouble(source, last.get(source.pk), now)
        for source in light.order_by(F("paused_at").asc(nulls_last=True), "pk")
    )
    return [each for each in found if each is not None]


def trouble(source: DataSource, last_file: datetime | None, now: datetime) -> Trouble | None:
    if source.paused_at:
        return Trouble(source, "paused", source.paused_reason)
    if source.failures:
        return Trouble(source, "failing", f"{source.failures} in a row")
    looked = source.last_running_time or source.created_at
    if is_scheduled(source) and looked < now - 2 * timedelta(minutes=source.every_minutes) - SLACK:
        return Trouble(
            source, "not looked at", f"since {spoken(looked)}, though it is to be every {source.every_minutes} min"
        )
    days = settings.CONNECTOR_SILENT_DAYS if source.silent_days is None else source.silent_days
    if days and (last_file or source.created_at) < now - timedelta(days=days):
        return Trouble(source, "silent", f"no new file since {spoken(last_file)}" if last_file else "never a file")
    return None


def is_scheduled(source: DataSource) -> bool:
    return source.partner.status == "active" and not source.partner.archived


def spoken(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")
