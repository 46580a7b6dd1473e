"""The sidebar: every model that the user may see, by room; a new room or entity appears by itself.

A page that is no model's list is registered by its room, and stands above the room's lists.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.templatetags.static import static

TITLES = {
    "alerts": "Alerts",
    "entities": "Records",
    "partners": "Partners",
    "datasources": "Data sources",
    "sync": "Synchronisation",
    "notifications": "Notifications",
    "edge": "Access",
}
WITHIN = {"auth": "edge", "axes": "edge"}  # Who signs in stands with our clients and tokens.
ICONS = {
    "alert": "notifications_active",
    "delivery": "move_to_inbox",
    "job": "work",
    "walk": "directions_walk",
    "pull": "cloud_download",
    "notification": "notifications",
    "client": "dns",
    "token": "key",
    "user": "person",
    "group": "group",
    "sweep": "cleaning_services",
    "switch": "toggle_on",
    "followup": "webhook",
    "allowance": "speed",
    "accessattempt": "lock",
    "partner": "handshake",
    "deal": "contract",
    "campaign": "campaign",
    "company": "domain",
    "member": "badge",
    "erasure": "delete_forever",
    "push": "send",
    "pushtoken": "vpn_key",
    "login": "login",
    "touchpoint": "sensors",
    "datasource": "folder_shared",
    "run": "directions_run",
    "import": "upload_file",
    "reject": "rule",
    "recipient": "mail",
    "auditentry": "policy",
}
RECORD_ICON, OTHER_ICON = "database", "table"


Link = dict[str, Any]
LinkOf = Callable[[HttpRequest], Link | None]
_links: list[tuple[str, LinkOf]] = []


def register_link(room: str) -> Callable[[LinkOf], LinkOf]:
    """Show what this returns in the room's part of the sidebar; None for a user who may not see it."""

    def register(link: LinkOf) -> LinkOf:
        _links.append((room, link))
        return link

    return register


def style(_request: HttpRequest) -> str:
    return static("edge/admin.css")


def icons(_request: HttpRequest) -> str:
    return static("edge/icons.js")


def sections(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the sidebar's sections, as the theme wants them."""
    found: dict[str, list[Link]] = {
        label: [shown for room, link in _links if room == label and (shown := link(request))] for label in TITLES
    }
    titles = dict(TITLES)
    for app in admin.site.get_app_list(request):
        label = WITHIN.get(app["app_label"], app["app_label"])
        titles.setdefault(label, app["name"])
        found.setdefault(label, []).extend(item(label, model) for model in app["models"] if model["admin_url"])
    mark_active(request, [item for items in found.values() for item in items])
    return [{"title": titles[label], "separator": True, "items": items} for label, items in found.items() if items]


def mark_active(request: HttpRequest, items: list[Link]) -> None:
    """Mark the one item whose address the page's begins with; where several do, the longest."""
    shown = max((item["link"] for item in items if request.path.startswith(item["link"])), key=len, default=None)
    for item in items:
        item["active"] = item["link"] == shown


def item(label: str, model: dict[str, Any]) -> Link:
    icon = RECORD_ICON if label == "entities" else ICONS.get(model["object_name"].lower(), OTHER_ICON)
    return {"title": str(model["name"]).capitalize(), "icon": icon, "link": model["admin_url"]}
