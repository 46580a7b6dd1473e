"""The admin's ground: what the pages of all rooms stand on, and this room's own pages."""

from __future__ import annotations

from connector.edge.admin import access, allowances, audit, sign_ins, users  # noqa: F401 (each registers its pages)
