"""Companies, their members and partners, and those by which partners call us, in the admin."""

from __future__ import annotations

from partners.admin import changes, companies, deals, logins, overview, partners, touchpoints

__all__ = ["changes", "companies", "deals", "logins", "overview", "partners", "touchpoints"]
