from __future__ import annotations

from sync.models.delivery import Delivery, Outcome, State
from sync.models.job import Job
from sync.models.walk import Walk, WalkBlock

__all__ = ["Delivery", "Job", "Outcome", "State", "Walk", "WalkBlock"]
