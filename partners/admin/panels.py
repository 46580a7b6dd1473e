"""What stands beside a partner's fields: whoever and whatever hangs on it, the newest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html

from connector.edge.admin_paginator import counted
from connector.edge.admin_text import link, table, tag
from partners.admin.columns import archived, effective, page_of, status, values
from partners.models import Campaign, Change, Deal, Partner

SHOWN = 20
Cells = Callable[[Any], Sequence[Any]]


def panel(title: str, content: str) -> str:
    return render_to_string("edge/panel.html", {"title": title, "content": content})


def newest(title: str, headers: Sequence[str], rows: QuerySet[Any], cells: Cells) -> str:
    """Return a panel of the newest rows, with a link to the list where there are more."""
    found = list(rows.order_by("-pk")[: SHOWN + 1])
    content = table(headers, [cells(row) for row in found[:SHOWN]])
    if len(found) > SHOWN:
        opts = rows.model._meta
        url = f"{reverse(f'admin:{opts.app_label}_{opts.model_name}_changelist')}?q=partner:{found[0].owner_id}"
        content = format_html("{}<p>{}</p>", content, link(url, f"All {counted(rows)}"))
    return panel(title, content)


def managers(partner: Partner) -> str:
    found = [management.member for management in partner.managements.select_related("member")]
    rows = [(page_of(member), member.email, tag(member.status)) for member in found]
    return panel("Managers", table(("Member", "E-mail", "Status"), rows))


def contacts(partner: Partner) -> str:
    rows = [(contact.type, contact.value) for contact in partner.contacts.order_by("create_time", "pk")[:100]]
    return panel("Further contacts", table(("Type", "Value"), rows))


def deals(rows: QuerySet[Deal]) -> str:
    headers = ("Deal", "Status", "In effect", "Archived")
    return newest("Deals", headers, rows, lambda row: (page_of(row), status(row), effective(row), archived(row)))


def campaigns(rows: QuerySet[Campaign]) -> str:
    headers = ("Campaign", "Deal", "Status", "In effect", "Archived")
    return newest(
        "Campaigns",
        headers,
        rows.select_related("deal"),
        lambda row: (page_of(row), page_of(row.deal), status(row), effective(row), archived(row)),
    )


def changes(rows: QuerySet[Change]) -> str:
    headers = ("Change", "Before", "After")
    return newest("Changes", headers, rows, lambda row: (page_of(row), values(row.before), values(row.after)))


def of_partner(request: HttpRequest, partner: Partner) -> list[str]:
    """Return the panels that the user may see."""
    panels: dict[str, Callable[[], str]] = {
        "member": lambda: managers(partner),
        "contact": lambda: contacts(partner),
        "deal": lambda: deals(Deal.objects.filter(partner=partner)),
        "campaign": lambda: campaigns(Campaign.objects.filter(deal__partner=partner)),
        "change": lambda: changes(Change.objects.filter(partner=partner)),
    }
    return [draw() for noun, draw in panels.items() if request.user.has_perm(f"partners.view_{noun}")]
