from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.safestring import SafeString

from connector.edge.admin.filters import values_filter
from connector.edge.admin.pages import column
from connector.edge.admin.text import text
from connector.edge.payloads import hidden
from partners.admin import panels
from partners.admin.columns import archived, changed, created, description, effective, page_of, status
from partners.admin.filters import ArchivedFilter, under
from partners.admin.operations import Operated
from partners.models import Campaign, Deal, OwnStatus, Status

FILTERS = (
    values_filter("status", lambda: OwnStatus.values),
    values_filter("effective_status", lambda: Status.values),
    ArchivedFilter,
)


@column("partner")
def partner(row: Deal | Campaign) -> SafeString:
    return page_of((row.deal if isinstance(row, Campaign) else row).partner)


@column("deal")
def deal(campaign: Campaign) -> SafeString:
    return page_of(campaign.deal)


@column("base price")
@hidden
def base_price(row: Deal) -> str:
    return text(row.base_price)


@column("budget")
@hidden
def budget(row: Deal) -> str:
    return text(row.budget)


@column("clickthrough")
@hidden
def clickthrough(row: Deal) -> str:
    return text(row.clickthrough)


@column("frequency cap")
@hidden
def frequency_cap(row: Deal) -> str:
    whole = row.frequency_cap_max_value and f"{row.frequency_cap_max_value} a {row.frequency_cap_per_unit}"
    return text(whole)


@column("type")
@hidden
def kind(row: Deal) -> str:
    return text(row.type or None)


@column("structure")
@hidden
def structure(row: Deal) -> str:
    return text(row.structure or None)


@admin.register(Deal)
class DealAdmin(Operated):
    list_display = ("name", "id", partner, status, effective, archived, base_price, created, changed)
    list_filter = FILTERS
    list_select_related = ("partner",)
    search_help_text = "A number, or partner: and a partner's number"
    sections = (
        (None, (partner, "id", "name", description, status, effective, archived, created, changed)),
        ("Terms", (base_price, budget, clickthrough, kind, structure, frequency_cap)),
    )

    def found_by(self, term: str) -> Q:
        return under(term, partner="partner")

    def tables(self, request: HttpRequest, row: Any) -> list[str]:
        return panels.seen(request, {"campaign": lambda: panels.campaigns_of_deal(row)})


@admin.register(Campaign)
class CampaignAdmin(Operated):
    list_display = ("name", "id", deal, partner, status, effective, archived, created, changed)
    list_filter = FILTERS
    list_select_related = ("deal__partner",)
    search_help_text = "A number, or partner: or deal: and its number"
    sections = ((None, (partner, deal, "id", "name", description, status, effective, archived, created, changed)),)

    def found_by(self, term: str) -> Q:
        return under(term, partner="deal__partner", deal="deal")
