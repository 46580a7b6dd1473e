"""Companies, their members and partners in the admin."""

from __future__ import annotations

from partners.admin import changes, companies, deals, overview, partners

__all__ = ["changes", "companies", "deals", "overview", "partners"]
