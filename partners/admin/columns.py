"""Columns that several of the room's pages show."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from connector.edge.admin.pages import column
from connector.edge.admin.text import NOTHING, link, moment, short, tag, text
from connector.edge.payloads import hidden
from partners.models import Login, Member, MemberStatus, Role, Status

BREAK = mark_safe("<br>")
COLOURS = {
    Status.ACTIVE: "green",
    Status.INACTIVE: "grey",
    Status.PENDING: "blue",
    Status.SUSPENDED: "orange",
    Status.TERMINATED: "red",
}


def status_tag(value: str) -> SafeString:
    return tag(value, COLOURS[Status(value)], Status(value).label)


@column("description")
@hidden
def description(row: Any) -> str:
    return text(row.description or None)


@column("status")
def status(row: Any) -> SafeString:
    return status_tag(row.status)


@column("status")
def member_status(member: Member) -> SafeString:
    colour = "green" if member.status == MemberStatus.ACTIVE else "grey"
    return tag(member.status, colour, MemberStatus(member.status).label)


@column("role")
def role(login: Login) -> SafeString:
    return tag(login.role, title=Role(login.role).label)


@column("in effect")
def effective(row: Any) -> SafeString:
    return status_tag(row.effective_status)


@column("archived")
def archived(row: Any) -> str:
    return text(row.archived or None)


@column("created")
def created(row: Any) -> str:
    return moment(row.create_time)


@column("changed")
def changed(row: Any) -> str:
    return moment(row.update_time)


def page_of(row: Any) -> SafeString:
    """Return a link to a row's page, by its name."""
    opts = row._meta
    return link(reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[row.pk]), short(str(row)))


def values(held: dict[str, Any]) -> SafeString:
    """Return fields with their values, a line for each, those of a group together."""
    lines = [format_html("{}: {}", name, text(value)) for name, value in sorted(held.items())]
    return format_html_join(BREAK, "{}", ((line,) for line in lines)) if lines else NOTHING
