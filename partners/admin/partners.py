from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest

from connector.edge.admin.filters import values_filter
from connector.edge.admin.pages import Sections, by_number, column
from connector.edge.admin.text import text
from connector.edge.payloads import hidden
from partners.admin import panels
from partners.admin.columns import archived, changed, created, description, status
from partners.admin.filters import ArchivedFilter
from partners.admin.operations import Operated
from partners.fields.field import Group
from partners.fields.tables import PARTNER
from partners.models import Partner, Status


@column("type")
def kind(partner: Partner) -> str:
    return ", ".join(partner.type)


@column("system")
def system(partner: Partner) -> str:
    return text(partner.system or None)


def column_of(group: Group, name: str) -> Any:
    """Return a member of a group as a field of the page, under its own name."""

    @column(name.replace("_", " "))
    @hidden
    def show(partner: Partner) -> str:
        return text(getattr(partner, group.column(name)))

    return show


def groups() -> Sections:
    found = [member for member in PARTNER.members if isinstance(member, Group)]
    return [
        (group.name.replace("_", " ").capitalize(), [column_of(group, name) for name in group.readers])
        for group in found
    ]


@admin.register(Partner)
class PartnerAdmin(Operated):
    """Partners, each with all that hangs on it on one page."""

    list_display = ("name", "id", "company", kind, status, archived, created, changed)
    list_filter = (values_filter("status", lambda: Status.values), ArchivedFilter)
    list_select_related = ("company",)
    search_help_text = "Start of a name, or a number"
    sections = (
        (None, ("id", "company", "name", description, kind, status, archived, system, created, changed)),
        *groups(),
    )

    def found_by(self, term: str) -> Q:
        return Q(name__startswith=term) | by_number(term)

    def hanging(self, request: HttpRequest, row: Any) -> list[str]:
        return panels.beside(request, row)

    def tables(self, request: HttpRequest, row: Any) -> list[str]:
        return panels.under(request, row)
