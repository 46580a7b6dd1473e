"""The admin's ground: what the pages of all rooms stand on, and this room's own pages."""

# Nothing that an app's ready() imports may import this: the theme puts its own site first, after some of them.
from __future__ import annotations

from connector.edge.admin import access, allowances, audit, sign_ins, users  # noqa: F401 (each registers its pages)
