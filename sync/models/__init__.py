from __future__ import annotations

from sync.models.deletes import Deletes
from sync.models.delivery import Delivery, Outcome, State
from sync.models.erasure import Erasure
from sync.models.follow_up import FollowUp
from sync.models.gauge import Gauge
from sync.models.job import Job
from sync.models.lane import Attempt, Lane
from sync.models.ledger import Ledger
from sync.models.milestone import Milestone
from sync.models.pull import Pull, PullPage
from sync.models.push import Push, PushPause, PushToken
from sync.models.sweep import Sweep
from sync.models.switch import Switch
from sync.models.traffic import Applied, Traffic, Unsettled
from sync.models.walk import Walk, WalkBlock

__all__ = [
    "Applied",
    "Attempt",
    "Deletes",
    "Delivery",
    "Erasure",
    "FollowUp",
    "Gauge",
    "Job",
    "Lane",
    "Ledger",
    "Milestone",
    "Outcome",
    "Pull",
    "PullPage",
    "Push",
    "PushPause",
    "PushToken",
    "State",
    "Sweep",
    "Switch",
    "Traffic",
    "Unsettled",
    "Walk",
    "WalkBlock",
]
