from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class EdgeConfig(AppConfig):
    name = "connector.edge"
    label = "edge"
    verbose_name = "Access"

    def ready(self) -> None:
        from connector.edge import audit, bounds, checks  # noqa: F401, PLC0415 (they register receivers and checks)
        from connector.edge.login import checks as login_checks  # noqa: F401, PLC0415 (and these are theirs)
        from connector.edge.login import sessions  # noqa: F401, PLC0415 (it listens for who signs in)
        from connector.edge.logs import configure  # noqa: PLC0415 (needs the app registry)
        from connector.edge.metrics import checks as metrics_checks  # noqa: F401, PLC0415
        from connector.edge.metrics import listening, servers  # noqa: F401, PLC0415
        from connector.edge.roles import keep_groups  # noqa: PLC0415
        from connector.edge.tracing import tasks  # noqa: F401, PLC0415 (it listens for tasks, where that is wanted)

        post_migrate.connect(keep_groups)
        configure()
