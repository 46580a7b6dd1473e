from __future__ import annotations

from django.db import models


class Status(models.TextChoices):
    """What a partner may be; only an active one does business."""

    ACTIVE = "active", "Active: its deals and campaigns stand as they are themselves"
    INACTIVE = "inactive", "Inactive: out of use for the time being"
    PENDING = "pending", "Pending: not yet agreed upon"
    SUSPENDED = "suspended", "Suspended: stopped until something is settled"
    TERMINATED = "terminated", "Terminated: at an end"


class OwnStatus(models.TextChoices):
    """What a deal or a campaign may be by itself; what is in effect depends on what it belongs to."""

    ACTIVE = Status.ACTIVE.value, "Active: in use, where what it belongs to is"
    INACTIVE = Status.INACTIVE.value, "Inactive: out of use, whatever it belongs to"
