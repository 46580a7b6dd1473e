"""When mass synchronisation last came to a record, beside the record."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from connector.edge.admin import additions
from connector.edge.admin.clients import client_name
from connector.edge.admin.text import link, moment, table, tag
from entities.entity import Entity
from entities.schema import schema_of
from sync.serving.visits import Visit, visits


class RecordVisits(additions.Addition):
    def panel(self, request: HttpRequest, row: Any) -> str:
        if not request.user.has_perm("sync.view_walk"):
            return ""
        model: Any = type(row)
        rows = [line(visit) for visit in visits(schema_of(model).name, row)]
        content = table(("Walk", "Client", "This record", "Last page served"), rows)
        context = {"title": "Mass synchronisation", "content": content}
        return render_to_string("edge/panel.html", context) if rows else ""


additions.add(Entity, RecordVisits())


def line(visit: Visit) -> tuple[Any, ...]:
    walk = visit.walk
    page = link(reverse("admin:sync_walk_change", args=[walk.pk]), walk.pk)
    return page, client_name(walk), told(visit), moment(walk.served_at)


def told(visit: Visit) -> SafeString:
    if not visit.covers:
        return tag("not in it", "grey", "The record was created after the walk had opened")
    if visit.is_served:
        return tag(f"served on page {visit.page}", "green")
    return tag("not reached yet", "blue", f"Page {visit.walk.last_page} was served last")
