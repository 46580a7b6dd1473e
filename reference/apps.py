from __future__ import annotations

from django.apps import AppConfig


class ReferenceConfig(AppConfig):
    name = "reference"
    verbose_name = "Reference"

    def ready(self) -> None:
        from reference import checks  # noqa: F401, PLC0415 (it registers its checks)
