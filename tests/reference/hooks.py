"""What schemathesis has to be told: which values the document describes in words alone."""

from __future__ import annotations
