"""How sources, runs and imports are shown, in their own lists and beside each other."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import Model
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from connector.edge.admin.pages import column
from connector.edge.admin.text import NOTHING, link, moment, short, tag, text
from connector.edge.payloads import hidden
from datasources.models import DataSource, Import, ImportState, Run, RunState, Trigger

IMPORT_COLOURS = {
    ImportState.WAITING: "grey",
    ImportState.PROCESSING: "blue",
    ImportState.PROCESSED: "green",
    ImportState.BAD_FORMAT: "red",
    ImportState.PENDING: "orange",
    ImportState.CANCELLED: "grey",
}
RUN_COLOURS = {
    RunState.LISTING: "blue",
    RunState.IMPORTING: "blue",
    RunState.REPORTING: "blue",
    RunState.DONE: "green",
}


def page(row: Model) -> str:
    """Return the address of a row's page."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def list_of(model: type[Model], **query: Any) -> str:
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return f"{address}?{urlencode(query)}"


@column("state")
def source_state(source: DataSource) -> SafeString:
    if source.paused_at:
        return tag("paused", "red", source.paused_reason)
    if not source.active:
        return tag("off", "grey", "Switched off")
    return tag("failing", "orange", f"{source.failures} in a row") if source.failures else tag("active", "green")


@column("state")
def run_state(run: Run) -> SafeString:
    if run.failure:
        return tag("failed", "red", run.failure)
    return tag(run.state, RUN_COLOURS[RunState(run.state)], RunState(run.state).label)


@column("state")
def import_state(import_: Import) -> SafeString:
    name, _, sentence = ImportState(import_.state).label.partition(":")
    return tag(name, IMPORT_COLOURS[ImportState(import_.state)], sentence.strip())


@column("progress")
def progress(import_: Import) -> SafeString:
    """Show how far an import is as a bar, with its share of good and bad rows."""
    return format_html(
        '<progress max="100" value="{}"></progress> {}%',
        import_.percentage_processed,
        import_.percentage_processed,
    )


@column("source")
def source(row: Any) -> SafeString:
    found = getattr(row, "source", None) or getattr(row, "data_source", None)
    return link(page(found), short(str(found))) if found else tag("upload")


@column("run")
def run(import_: Import) -> str:
    return link(page(import_.run), import_.run_id) if import_.run else NOTHING


@column("file")
def file(import_: Import) -> SafeString:
    return link(page(import_), short(import_.file_name))


@column("trigger")
def trigger(row: Run) -> SafeString:
    return tag(row.trigger, title=Trigger(row.trigger).label)


@column("started")
def started(row: Run) -> str:
    return moment(row.started_at)


@column("finished")
def finished(row: Run) -> str:
    return moment(row.finished_at)


@column("created")
def created(row: Import) -> str:
    return moment(row.created_at)


@column("ended")
def ended(row: Import) -> str:
    return moment(row.import_date)


@column("reason")
@hidden
def reason(row: Import) -> str:
    return text(row.reason or None)


@column("failure")
def failure(row: Run) -> str:
    return row.failure or NOTHING
