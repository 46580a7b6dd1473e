"""What stands beside and under a partner's fields: whoever and whatever hangs on it, the newest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html

from connector.edge.admin.text import link, moment, table, tag
from connector.edge.counting import counted
from connector.edge.payloads import payload
from partners.admin.columns import archived, effective, member_status, page_of, role, status, values
from partners.models import Campaign, Change, Contact, Deal, Login, Management, Partner, Touchpoint

SHOWN = 20
STANDING = ("Status", "In effect", "Archived")
Cells = Callable[[Any], Sequence[Any]]
Panels = dict[str, Callable[[], str]]


def panel(title: str, content: str) -> str:
    return render_to_string("edge/panel.html", {"title": title, "content": content})


def newest(title: str, headers: Sequence[str], rows: QuerySet[Any], cells: Cells, owner: Model) -> str:
    """Return a panel of the newest rows under an owner, with a link to the list of all where there are more."""
    found = list(rows.order_by("-pk")[: SHOWN + 1])
    content = table(headers, [cells(row) for row in found[:SHOWN]])
    if len(found) > SHOWN:
        opts = rows.model._meta
        url = f"{reverse(f'admin:{opts.app_label}_{opts.model_name}_changelist')}?q={owner._meta.model_name}:{owner.pk}"
        content = format_html("{}<p>{}</p>", content, link(url, f"All {counted(rows)}"))
    return panel(title, content)


def few(title: str, headers: Sequence[str], rows: QuerySet[Any], cells: Cells) -> str:
    """Return a panel of rows of which a partner has no more than a few."""
    return panel(title, table(headers, [cells(row) for row in rows[:100]]))


def managers(rows: QuerySet[Management]) -> str:
    def cells(row: Management) -> Sequence[Any]:
        return page_of(row.member), payload(row.member.email), member_status(row.member)

    return few("Managers", ("Member", "E-mail", "Status"), rows.select_related("member"), cells)


def contacts(rows: QuerySet[Contact]) -> str:
    return few("Further contacts", ("Type", "Value"), rows, lambda row: (tag(row.type), payload(row.value)))


def logins(rows: QuerySet[Login]) -> str:
    headers = ("Login", "Role", "Created")
    return few("Logins", headers, rows, lambda row: (page_of(row), role(row), moment(row.created_at)))


def touchpoints(rows: QuerySet[Touchpoint]) -> str:
    headers = ("Touchpoint", "Created")
    return few("Touchpoints", headers, rows, lambda row: (page_of(row), moment(row.created_at)))


def standing(row: Deal | Campaign) -> Sequence[Any]:
    return page_of(row), status(row), effective(row), archived(row)


def deals(partner: Partner) -> str:
    return newest("Deals", ("Deal", *STANDING), partner.deals.all(), standing, partner)


def campaigns_of_deal(deal: Deal) -> str:
    return newest("Campaigns", ("Campaign", *STANDING), deal.campaigns.all(), standing, deal)


def campaigns(partner: Partner) -> str:
    def cells(row: Campaign) -> Sequence[Any]:
        name, *rest = standing(row)
        return name, page_of(row.deal), *rest

    rows = Campaign.objects.filter(deal__partner=partner).select_related("deal")
    return newest("Campaigns", ("Campaign", "Deal", *STANDING), rows, cells, partner)


def changes(partner: Partner) -> str:
    def cells(row: Change) -> Sequence[Any]:
        return page_of(row), *(payload(values(held)) for held in (row.before, row.after, row.touched))

    return newest("Changes", ("Change", "Before", "After", "Followed"), partner.changes.all(), cells, partner)


def beside(request: HttpRequest, partner: Partner) -> list[str]:
    """Return the panels of who looks after a partner and how it is reached."""
    return seen(
        request,
        {
            "member": lambda: managers(partner.managements.all()),
            "contact": lambda: contacts(partner.contacts.order_by("create_time", "pk")),
            "login": lambda: logins(partner.logins.order_by("principal")),
            "touchpoint": lambda: touchpoints(partner.touchpoints.order_by("code")),
        },
    )


def under(request: HttpRequest, partner: Partner) -> list[str]:
    """Return the tables of what a company does with a partner, which may be long."""
    return seen(
        request,
        {
            "deal": lambda: deals(partner),
            "campaign": lambda: campaigns(partner),
            "change": lambda: changes(partner),
        },
    )


def seen(request: HttpRequest, panels: Panels) -> list[str]:
    """Return the panels of the nouns that the user may see."""
    return [draw() for noun, draw in panels.items() if request.user.has_perm(f"partners.view_{noun}")]
