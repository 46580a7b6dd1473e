"""What becomes of the work at a data source that is taken away: it ends and is told of, and what was imported stays."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.db.models.signals import pre_delete

from datasources.importing.ending import cancel
from datasources.models import DataSource, Run, RunState


def connect() -> None:
    pre_delete.connect(end_work, sender=DataSource)


@transaction.atomic
def end_work(instance: DataSource, **_kwargs: Any) -> None:
    """End the run of a source; whoever is at it finds that it is in nobody's hands.

    The run first, as its worker changes it before the source is asked for: the other way round both would wait.
    """
    over = {"state": RunState.REPORTING, "failure": "The data source was taken away."}
    given_back = {"due_at": Now(), "leased_until": None, "token": None}
    under_way = Run.objects.filter(source=instance, state__in=(RunState.LISTING, RunState.IMPORTING))
    under_way.update(**over, **given_back)
    for import_ in instance.imports.unfinished():
        cancel(import_)
