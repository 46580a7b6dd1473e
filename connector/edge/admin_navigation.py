"""The sidebar: every model that the user may see, by room; a new room or entity appears by itself."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.templatetags.static import static

TITLES = {"entities": "Records", "sync": "Synchronisation", "notifications": "Notifications", "edge": "Access"}
WITHIN = {"auth": "edge"}  # Django's users stand with our clients and tokens.
ICONS = {
    "delivery": "move_to_inbox",
    "job": "work",
    "walk": "directions_walk",
    "notification": "notifications",
    "client": "dns",
    "token": "key",
    "user": "person",
    "group": "group",
}
RECORD_ICON, OTHER_ICON = "database", "table"


def style(_request: HttpRequest) -> str:
    return static("edge/admin.css")


def sections(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the sidebar's sections, as the theme wants them."""
    found: dict[str, list[dict[str, Any]]] = {label: [] for label in TITLES}
    titles = dict(TITLES)
    for app in admin.site.get_app_list(request):
        label = WITHIN.get(app["app_label"], app["app_label"])
        titles.setdefault(label, app["name"])
        found.setdefault(label, []).extend(item(label, model) for model in app["models"] if model["admin_url"])
    return [{"title": titles[label], "separator": True, "items": items} for label, items in found.items() if items]


def item(label: str, model: dict[str, Any]) -> dict[str, Any]:
    icon = RECORD_ICON if label == "entities" else ICONS.get(model["object_name"].lower(), OTHER_ICON)
    return {"title": str(model["name"]).capitalize(), "icon": icon, "link": model["admin_url"]}
