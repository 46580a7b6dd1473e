"""Data sources, their runs and imports, and who is told of them, in the admin."""

from __future__ import annotations

from datasources.admin import (  # noqa: F401 (each registers its pages)
    imports,
    of_partner,
    of_records,
    origins,
    overview,
    recipients,
    rejects,
    runs,
    schedules,
    sources,
)
