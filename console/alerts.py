"""Alerts about silence, which is asked across rooms: of entities, partners and data sources; and of paused sources."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings

from alerts.kinds import Finding, Kind, page, register
from console.dashboard import files, silence
from entities.schema import schemas

EVERY = 300  # seconds; silence is long
# Whoever has sources is asked for by them. The newest import of each is the end of a range of an index.
UPLOADING = """
    SELECT partner.id, partner.name, last.created_at FROM partners_partner AS partner CROSS JOIN LATERAL (
        SELECT created_at FROM datasources_import WHERE partner_id = partner.id
        ORDER BY created_at DESC, id DESC LIMIT 1
    ) AS last WHERE partner.status = 'active' AND NOT partner.archived
    AND last.created_at < now() - make_interval(days => %s)
    AND NOT EXISTS (SELECT FROM datasources_datasource WHERE partner_id = partner.id)
    ORDER BY partner.id
"""


def entities() -> Iterator[Finding]:
    for name, heard in silence.heard(list(schemas()), files.last_of_entities()).items():
        if heard.is_silent and heard.last:
            text = f"{name}: nothing came for over {heard.hours} h, the last at {files.spoken(heard.last)} UTC"
            yield Finding(name, text, page("index", entity=name))


def sources(*kinds: str) -> Iterator[Finding]:
    for trouble in files.silent_sources():
        if trouble.kind in kinds:
            source = trouble.source
            text = f"{source.partner.name}, {source}: {trouble.kind}, {trouble.why}"
            yield Finding(str(source.pk), text, page("datasources_datasource_change", source.pk))


def partners() -> Iterator[Finding]:
    days = settings.CONNECTOR_SILENT_DAYS
    for number, name, last in files.fetched(UPLOADING, [days]) if days else ():
        text = f"{name}: no file was uploaded since {files.spoken(last)} UTC"
        yield Finding(str(number), text, page("partners_partner_change", number))


register(Kind("entity-silent", "Silent entities", entities, every=EVERY))
register(Kind("source-paused", "Paused data sources", lambda: sources("paused")))
register(Kind("source-silent", "Silent data sources", lambda: sources("silent", "not looked at"), every=EVERY))
register(Kind("partner-silent", "Silent partners", partners, every=EVERY))
