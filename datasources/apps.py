from __future__ import annotations

from django.apps import AppConfig


class DatasourcesConfig(AppConfig):
    name = "datasources"
    verbose_name = "Data sources"

    def ready(self) -> None:
        from connector.edge.shapes import register_shape  # noqa: PLC0415 (these need the app registry)
        from datasources.api.answers import error_answer  # noqa: PLC0415

        register_shape("/api/v4", error_answer)
        from datasources import checks, erasing, leaving, metrics, retention, schedule, tasks  # noqa: F401, PLC0415 (these need the app registry)

        schedule.connect()
        leaving.connect()
