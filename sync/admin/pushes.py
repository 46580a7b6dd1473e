"""The outbox: what waits to be told to Dsync, what it has, and what it refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from connector.edge.admin.filters import values_filter
from connector.edge.admin.pages import by_number, column
from connector.edge.admin.text import NOTHING, link, moment, short, table, tag, text
from connector.edge.payloads import hidden, payload
from entities.admin.records import record_url
from entities.schema import schemas
from sync.admin.operations import Operated
from sync.models import Push, PushPause
from sync.models.push import PushQuerySet, PushState
from sync.push import outbox
from sync.work import wake

AT_ONCE = 10_000
COLOURS = {
    PushState.WAITING: "blue",
    PushState.SENT: "green",
    PushState.DEAD: "red",
    PushState.SKIPPED: "grey",
}


@column("state")
def state(push: Push) -> SafeString:
    if push.leased_until and push.leased_until > timezone.now():
        return tag("sending", "blue", "A worker holds a lease on it")
    return tag(push.state, COLOURS[PushState(push.state)], PushState(push.state).label)


@column("record")
def record(push: Push) -> str:
    url = record_url(push.entity, push.record_key)
    return link(url, short(push.record_key)) if url else short(push.record_key)


@column("due")
def due(push: Push) -> str:
    return moment(push.due_at)


@column("sent")
def sent(push: Push) -> str:
    return moment(push.sent_at)


@column("reason")
@hidden
def reason(push: Push) -> str:
    return text(push.reason or None)


@column("Dsync knows it")
def known(push: Push) -> str:
    return text(push.is_known)


@admin.register(Push)
class PushAdmin(Operated):
    list_display = ("entity", record, state, due, "tries", reason, sent)
    list_filter = (
        values_filter("state", lambda: PushState.values),
        values_filter("entity", lambda: list(schemas()), any_other=True),
    )
    sections = ((None, ("entity", record, state, due, "tries", reason, sent, known)),)
    search_help_text = "Record key, exactly"
    actions = ("send_again", "skip")

    def found_by(self, term: str) -> Q:
        return by_number(term) | Q(entity__in=list(schemas()), record_key=term)

    @admin.action(description="Send the dead ones again", permissions=["operate"])
    def send_again(self, request: HttpRequest, rows: QuerySet[Push]) -> None:
        self.operate_on_set(request, rows, outbox.replay, "Sent again.")

    @admin.action(description="Skip the dead ones", permissions=["operate"])
    def skip(self, request: HttpRequest, rows: QuerySet[Push]) -> None:
        self.operate_on_set(request, rows, outbox.skip, "Skipped.")

    @transaction.atomic
    def operate_on_set(
        self, request: HttpRequest, rows: QuerySet[Push], act: Callable[[PushQuerySet], int], entry: str
    ) -> None:
        """Do it to the dead ones of these rows, the oldest first, with their lines in the admin's log."""
        dead = Push.objects.filter(pk__in=rows.values("pk")).dead().order_by("pk").select_for_update()
        chosen = list(dead[:AT_ONCE])
        act(Push.objects.filter(pk__in=[push.pk for push in chosen]))
        if chosen:
            self.log_changes(request, chosen, entry)
            transaction.on_commit(wake.workers)
        rest = " There are more: do it again." if len(chosen) == AT_ONCE else ""
        self.message_user(request, f"{len(chosen)} {entry.lower().rstrip('.')}.{rest}", messages.SUCCESS)

    def panels(self, request: HttpRequest, row: Any) -> list[str]:
        return [*paused(row), *super().panels(request, row)]


def paused(push: Push) -> list[str]:
    """Return a panel that tells why nothing of the entity is sent, where that is so."""
    pause = PushPause.objects.filter(pk=push.entity).first()
    if pause is None:
        return []
    content = table(("Until", "Reason"), [(moment(pause.until), payload(pause.reason or NOTHING))])
    return [render_to_string("edge/panel.html", {"title": f"{push.entity} is paused", "content": content})]
