from __future__ import annotations

from django.apps import AppConfig


class EdgeConfig(AppConfig):
    name = "connector.edge"
    label = "edge"
    verbose_name = "Access"

    def ready(self) -> None:
        from connector.edge import checks  # noqa: F401, PLC0415 (it registers its checks)
        from connector.edge.login import checks as login_checks  # noqa: F401, PLC0415 (and these are theirs)
        from connector.edge.login import sessions  # noqa: F401, PLC0415 (it listens for who signs in)
        from connector.edge.logs import configure  # noqa: PLC0415 (needs the app registry)

        configure()
