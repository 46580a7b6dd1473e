"""The service: its settings, its processes, and what every room stands on."""

from __future__ import annotations

import gc

# A start makes 150,000 objects that live as long as the process. By its own numbers Python looks through the young ones
# 370 times meanwhile and twice through all: a fifth of the start. What a request leaves behind goes without that.
gc.set_threshold(50_000, 10, 10)
