from __future__ import annotations

from celery.signals import task_postrun
from django.apps import AppConfig
from django.db.backends.signals import connection_created


class HostileConfig(AppConfig):
    name = "tests.acceptance.hostile"

    def ready(self) -> None:
        from sync.hooks import delivery_applied  # noqa: PLC0415 (needs the app registry)
        from tests.acceptance.hostile import illnesses, moments  # noqa: PLC0415

        connection_created.connect(moments.watch_statements)
        task_postrun.connect(moments.after_task)
        delivery_applied.connect(illnesses.suffer)
