"""What the console adds to the admin; each module registers its own."""

from __future__ import annotations

from console.dashboard import page  # noqa: F401
