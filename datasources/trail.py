"""Changes of data sources in the trail of their partner: who made them, and what was before and after.

Of a secret it is told that it changed, and never what it was or is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from datasources.models import DataSource
from datasources.models.data_source import SECRETS
from partners.audit import SUBJECTS, Actor, Difference, record
from partners.models import Action

SUBJECTS.append(str(DataSource._meta.model_name))
HIDDEN = "(secret)"
OURS = ("id", "partner")  # Which never change.
DECIDED = ("paused_reason", "host_key")  # By programs as well, and by people.
TOLD = [field.name for field in DataSource._meta.fields if field.editable and field.name not in OURS]


@contextmanager
def changing(number: int, actor: Actor) -> Iterator[DataSource]:
    """Yield a source, locked, and record what the block changes of it; what changes nothing leaves no trace."""
    with transaction.atomic():
        source = stored(number)
        before = snapshot(source)
        yield source
        after = snapshot(stored(number))
        changed = [name for name in after if after[name] != before[name]]
        if changed:
            was, is_now = (hidden({name: values[name] for name in changed}) for values in (before, after))
            record(source, Action.UPDATED, actor, Difference(was, is_now))


def created(source: DataSource, actor: Actor) -> None:
    record(source, Action.CREATED, actor, Difference(after=hidden(snapshot(source))))


def deleted(source: DataSource, actor: Actor) -> None:
    """Record that a source goes; the caller has a transaction."""
    record(source, Action.DELETED, actor, Difference(before=hidden(snapshot(source))))


def stored(number: int) -> DataSource:
    return DataSource.objects.select_for_update(of=("self",), no_key=True).select_related("touchpoint").get(pk=number)


def snapshot(source: DataSource) -> dict[str, Any]:
    return {name: getattr(source, name) for name in (*TOLD, *DECIDED)} | {"touchpoint": source.touchpoint.code}


def hidden(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: HIDDEN if name in SECRETS and value else value for name, value in values.items()}
