"""Jobs and walks: lists to look at."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet

from connector.edge.admin.clients import client_name, with_client_name
from connector.edge.admin.filters import values_filter
from connector.edge.admin.pages import MachineWritten, by_number, column
from connector.edge.admin.text import moment
from entities.schema import schemas
from sync.models import Job, Walk


@column("linked")
def linked(job: Job) -> str:
    return moment(job.created_at)


@column("last page served")
def served(walk: Walk) -> str:
    return moment(walk.served_at)


class OfClient(MachineWritten):
    list_filter = (values_filter("entity", lambda: list(schemas())),)

    def list_rows(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return with_client_name(rows)


@admin.register(Job)
class JobAdmin(OfClient):
    list_display = ("job_id", "entity", client_name, linked)
    sections = ((None, ("job_id", "entity", client_name, linked)),)
    search_help_text = "Job, exactly"

    def found_by(self, term: str) -> Q:
        # Named by entity too, because the index begins with it.
        return Q(entity__in=list(schemas()), job_id=term)


@admin.register(Walk)
class WalkAdmin(OfClient):
    list_display = ("id", "entity", client_name, "per_page", "last_page", "total", served)
    sections = ((None, ("entity", client_name, "per_page", "last_page", "total", "highest", served)),)
    search_help_text = "Number"

    def found_by(self, term: str) -> Q:
        return by_number(term)
