"""Those by which partners call us, in the admin."""

from __future__ import annotations

from partners.admin import logins, touchpoints

__all__ = ["logins", "touchpoints"]
