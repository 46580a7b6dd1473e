from __future__ import annotations

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "alerts"
    verbose_name = "Alerts"

    def ready(self) -> None:
        from alerts import checks, deliveries, metrics, processes, pruning, tasks  # noqa: F401, PLC0415 (they register theirs)
