"""The jobs that Dsync links with an entity (contract section 2, "set_job")."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Job(models.Model):
    entity = models.CharField(max_length=63)
    job_id = models.CharField(max_length=255)
    client_id = models.BigIntegerField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entity", "job_id"], name="sync_job_is_told_once")]

    def __str__(self) -> str:
        return f"{self.job_id} ({self.entity})"
