from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SyncConfig(AppConfig):
    name = "sync"
    verbose_name = "Synchronisation"

    def ready(self) -> None:
        from connector.celery import app  # noqa: PLC0415 (its settings are complete only now)
        from sync import checks, tasks  # noqa: F401, PLC0415 (they register their checks and chores)
        from sync.keeping import retention  # noqa: F401, PLC0415 (it registers what goes by age)
        from sync.watching import metrics  # noqa: F401, PLC0415 (it registers what is measured)

        app.set_default()  # The web server and the dispatcher send too, and each from a thread of its own.
        post_migrate.connect(make_lanes, sender=self)


def make_lanes(**_kwargs: Any) -> None:
    """See that every lane has its row: a lane without one would never be locked, and its work never done."""
    from sync.models import Lane  # noqa: PLC0415 (needs the app registry)
    from sync.models.delivery import LANES  # noqa: PLC0415

    Lane.objects.bulk_create([Lane(id=number) for number in range(LANES)], ignore_conflicts=True)
