"""Looking for what is amiss: alerts open when it is found, and end when it is found no more.

What opens an alert also writes down who is to be told of it, in one transaction: no failure in between loses one. Each
kind is looked for by one process at a time, whoever finds that it is due.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

import msgspec
import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from alerts.kinds import Finding, Kind, wanted
from alerts.models import Alert, Channel
from connector.edge.logs import outline
from sync.delivery.write import lock_number
from sync.models import Gauge

log = structlog.get_logger(__name__)

MOST = 10_000  # findings of a kind
DIGEST_SECONDS = 60  # What comes sooner after something was told is told together.
LENGTHS = {"subject": 300, "text": 500, "path": 500}
TAKE = """
    INSERT INTO sync_gauge AS seen (name, value, measured_at) VALUES (%s, 0, now())
    ON CONFLICT (name) DO UPDATE SET measured_at = now() WHERE seen.measured_at < now() - make_interval(secs => %s)
    RETURNING name
"""
LOCK = "SELECT pg_try_advisory_xact_lock(%s)"
# Numbers are drawn for new ones alone: the others are found again every few seconds.
OPEN = """
    WITH found AS MATERIALIZED (
        SELECT DISTINCT ON (subject) subject, text, path
        FROM jsonb_to_recordset(%(found)s::jsonb) AS given(subject text, text text, path text) ORDER BY subject
    ), renewed AS (
        UPDATE alerts_alert AS known SET seen_at = now(), text = found.text, path = found.path FROM found
        WHERE known.kind = %(kind)s AND known.ended_at IS NULL AND known.subject = found.subject
        RETURNING known.subject
    )
    INSERT INTO alerts_alert (kind, subject, text, path, acknowledged_by, opened_at, seen_at)
    SELECT %(kind)s, subject, text, path, '', now(), now() FROM found
    WHERE subject NOT IN (SELECT subject FROM renewed) ORDER BY subject
    ON CONFLICT (kind, subject) WHERE ended_at IS NULL DO NOTHING
"""
END = """
    UPDATE alerts_alert SET ended_at = now() WHERE kind = %s AND ended_at IS NULL AND subject <> ALL(%s::text[])
"""
FORGET = """
    DELETE FROM alerts_alert WHERE kind = %s AND ended_at = now() AND opened_at > now() - make_interval(secs => %s)
"""
TELL = """
    INSERT INTO alerts_telling (alert_id, channel, due_at, tries, reason)
    SELECT id, channel, greatest(now(), (
        SELECT max(sent_at) + make_interval(secs => %s) FROM alerts_telling WHERE channel = asked.channel
    )), 0, '' FROM alerts_alert AS alert CROSS JOIN unnest(%s::text[]) AS asked(channel)
    WHERE kind = %s AND ended_at IS NULL AND acknowledged_at IS NULL
    AND opened_at <= now() - make_interval(secs => %s)
    AND NOT EXISTS (SELECT FROM alerts_telling AS told WHERE told.alert_id = alert.id AND told.channel = asked.channel)
    ON CONFLICT (alert_id, channel) DO NOTHING
"""


def channels() -> list[str]:
    """Return the channels over which somebody can be told."""
    mails = settings.CONNECTOR_ALERT_EMAILS and settings.EMAIL_URL_IS_SET
    ways = {Channel.MAIL: mails, Channel.WEBHOOK: settings.CONNECTOR_ALERT_WEBHOOK_URL}
    return [channel.value for channel, is_set in ways.items() if is_set]


def due_kinds() -> list[Kind]:
    """Return the kinds that were not looked for as long ago as they are to be."""
    last = dict(Gauge.objects.filter(name__startswith="alert.").values_list("name", "measured_at"))
    now = timezone.now()
    return [
        kind for kind in wanted() if kind.gauge not in last or (now - last[kind.gauge]).total_seconds() >= kind.every
    ]


def run(seconds: float) -> bool:
    """Look for what is due; tell whether nothing is left, or else the time was up.

    A kind that cannot be looked for holds up no other.
    """
    until = time.monotonic() + seconds
    Alert.objects.open().exclude(kind__in=[kind.name for kind in wanted()]).update(ended_at=Now())
    for kind in due_kinds():
        if time.monotonic() > until:
            return False
        try:
            if take(kind):
                look(kind)
        except (DatabaseError, InterfaceError):
            raise
        except Exception as exc:  # noqa: BLE001 (a boundary: each room looks by code of its own)
            log.warning("alert_kind_failed", kind=kind.name, **outline(exc))
    return True


def take(kind: Kind) -> bool:
    """Note that a kind is looked for now, unless somebody else has just done so."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [kind.gauge, kind.every - 1])
        return cursor.fetchone() is not None


@transaction.atomic
def look(kind: Kind) -> None:
    """Open, renew and end the alerts of a kind, unless somebody else does so at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [lock_number("alerts", kind.name)])
        if not cursor.fetchone()[0]:
            return
    settle(kind, list(kind.find())[:MOST])


@transaction.atomic
def settle(kind: Kind, findings: Iterable[Finding]) -> None:
    """Have the open alerts of a kind be those of the findings, and have whoever is to be told of them told."""
    found = [within_lengths(finding) for finding in findings]
    with connection.cursor() as cursor:
        cursor.execute(OPEN, {"kind": kind.name, "found": msgspec.json.encode(found).decode()})
        cursor.execute(END, [kind.name, [each["subject"] for each in found]])
        cursor.execute(FORGET, [kind.name, kind.patience])
        cursor.execute(TELL, [DIGEST_SECONDS, channels(), kind.name, kind.patience])


def within_lengths(finding: Finding) -> dict[str, str]:
    """Return a finding as its columns hold it, on one line: it is the subject of a mail."""
    return {name: " ".join(getattr(finding, name).split())[:length] for name, length in LENGTHS.items()}
