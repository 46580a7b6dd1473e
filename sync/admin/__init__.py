"""The journal, walks and jobs in the admin, and what they add to the pages of the rooms under them."""

from __future__ import annotations

from sync.admin import (  # noqa: F401 (each registers its pages)
    deliveries,
    erasures,
    follow_ups,
    jobs,
    local_changes,
    notifications,
    overview,
    pulls,
    push_tokens,
    pushes,
    records,
    sweeps,
    switches,
    visits,
)
