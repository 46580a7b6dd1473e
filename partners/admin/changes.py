from __future__ import annotations

from django.contrib import admin
from django.db.models import Q
from django.utils.safestring import SafeString

from connector.edge.admin.filters import values_filter
from connector.edge.admin.pages import MachineWritten, column
from connector.edge.admin.text import moment, text
from connector.edge.payloads import hidden
from partners.admin.columns import page_of, values
from partners.admin.filters import under
from partners.audit import SUBJECTS
from partners.models import Action, Change


@column("partner")
def partner(change: Change) -> SafeString:
    return page_of(change.partner)


@column("made")
def made(change: Change) -> str:
    return moment(change.made_at)


@column("before")
@hidden
def before(change: Change) -> SafeString:
    return values(change.before)


@column("after")
@hidden
def after(change: Change) -> SafeString:
    return values(change.after)


@column("request")
def request_of(change: Change) -> str:
    return text(change.trace_id or None)


@column("followed")
@hidden
def followed(change: Change) -> SafeString:
    return values(change.touched)


@admin.register(Change)
class ChangeAdmin(MachineWritten):
    list_display = ("id", made, partner, "subject", "subject_id", "action", "who")
    list_filter = (values_filter("subject", lambda: SUBJECTS), values_filter("action", lambda: Action.values))
    list_select_related = ("partner",)
    search_help_text = "A number, or partner: and a partner's number"
    sections = (
        (None, (made, partner, "subject", "subject_id", "action", "who", request_of)),
        ("What changed", (before, after, followed)),
    )

    def found_by(self, term: str) -> Q:
        return under(term, partner="partner")
