"""Calls of the deployer's hooks that are still to be made, or were given up."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString

from connector.edge.admin.pages import column
from connector.edge.admin.text import moment, tag, text
from sync.admin import columns
from sync.admin.operations import Operated
from sync.applying import follow_ups
from sync.models import FollowUp


@column("state")
def state(follow_up: FollowUp) -> SafeString:
    if follow_up.is_dead:
        return tag("given up", "red", "Tried often enough; a person has it called again")
    if follow_up.leased_until and follow_up.leased_until > timezone.now():
        return tag("running", "blue", "A worker holds a lease on it")
    return tag("waiting", title="Called when it is due")


@column("delivery")
def delivery(follow_up: FollowUp) -> SafeString:
    return columns.number(follow_up.delivery)


@column("due")
def due(follow_up: FollowUp) -> str:
    return moment(follow_up.due_at)


@column("leased until")
def leased(follow_up: FollowUp) -> str:
    return moment(follow_up.leased_until)


@column("reason")
def reason(follow_up: FollowUp) -> str:
    return text(follow_up.reason or None)


class GivenUpFilter(SimpleListFilter):
    title = "state"
    parameter_name = "is"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        return [("open", "waiting or running"), ("given-up", "given up")]

    def queryset(self, _request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "open":
                return queryset.to_be_called()
            case "given-up":
                return queryset.given_up()
        return queryset


@admin.register(FollowUp)
class FollowUpAdmin(Operated):
    """Hooks that return leave no row; what stands here waits, runs, or was given up."""

    list_display = ("hook", delivery, state, due, "tries", reason)
    list_filter = (GivenUpFilter,)
    sections = ((None, ("hook", delivery, state, due, leased, "tries", reason)),)
    search_help_text = "Number of a delivery"
    actions = ("call_again",)

    def found_by(self, term: str) -> Q:
        return Q(delivery=int(term)) if term.isascii() and term.isdigit() and len(term) < 19 else Q(pk__in=[])

    @admin.action(description="Call the selected ones again", permissions=["operate"])
    def call_again(self, request: HttpRequest, rows: QuerySet[FollowUp]) -> None:
        chosen = self.selected(request, rows)
        replayed = sum(self.replay(request, follow_up) for follow_up in chosen)
        others = len(chosen) - replayed
        earlier = f", {others} {'was' if others == 1 else 'were'} not given up" if others else ""
        if chosen:
            self.message_user(request, f"{replayed} called again{earlier}.", messages.SUCCESS)

    @transaction.atomic
    def replay(self, request: HttpRequest, follow_up: FollowUp) -> bool:
        replayed = follow_ups.replay(follow_up)
        if replayed:
            self.log_change(request, follow_up, "Called again.")
        return replayed
