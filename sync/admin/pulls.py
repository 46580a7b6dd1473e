"""Pulls from other connectors: how far each is, and what became of its records."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from connector.edge.admin.filters import values_filter
from connector.edge.admin.pages import MachineWritten, column
from connector.edge.admin.text import link, moment, table, tag
from entities.schema import schemas
from sync.admin import columns
from sync.models import Pull
from sync.models.pull import Stage
from sync.pulling.pages import tally


@column("stage")
def stage(pull: Pull) -> SafeString:
    return tag(pull.stage, "green" if pull.stage == Stage.DONE else "blue", Stage(pull.stage).label)


@column("what it does")
def doing(pull: Pull) -> str:
    """Return what was asked for, in the words of the command."""
    asked = {"--changed-since": pull.changed_since, "--generation": pull.is_generation, "--dry-run": pull.is_dry}
    return " ".join(name for name, is_so in asked.items() if is_so) or "all records"


@column("started")
def started(pull: Pull) -> str:
    return moment(pull.started_at)


@column("finished")
def finished(pull: Pull) -> str:
    return moment(pull.finished_at)


@column("deliveries")
def deliveries(pull: Pull) -> SafeString:
    return link(columns.process_url(pull.process_id), pull.process_id)


@admin.register(Pull)
class PullAdmin(MachineWritten):
    list_display = ("id", "entity", "source", doing, stage, "total", started, finished)
    list_filter = (values_filter("entity", lambda: list(schemas())),)
    sections = ((None, ("entity", "source", doing, stage, "total", "per_page", started, finished, deliveries)),)
    search_help_text = "Number"

    def panels(self, request: HttpRequest, row: Any) -> list[str]:
        content = table(("Outcome", "Records"), sorted(tally(row).items()))
        own = render_to_string("edge/panel.html", {"title": "What became of its records", "content": content})
        return [own, *super().panels(request, row)]
