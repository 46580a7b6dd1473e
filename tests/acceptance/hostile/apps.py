from __future__ import annotations

from celery.signals import task_postrun
from django.apps import AppConfig
from django.conf import settings
from django.db.backends.signals import connection_created


class HostileConfig(AppConfig):
    name = "tests.acceptance.hostile"

    def ready(self) -> None:
        from sync.accepting import at_once  # noqa: PLC0415 (needs the app registry, as all here)
        from sync.hooks import delivery_applied  # noqa: PLC0415
        from tests.acceptance.hostile import illnesses, moments  # noqa: PLC0415

        connection_created.connect(moments.watch_statements)
        task_postrun.connect(moments.after_task)
        at_once.exchange = moments.before_commit(at_once.exchange)
        if settings.ROLE != "web":  # Where somebody listens, a write that is answered at once goes the long way.
            delivery_applied.connect(illnesses.suffer)
