"""Every address of the admin, as its own patterns have them: a page that is added is tested by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.urls import NoReverseMatch, URLPattern, URLResolver, reverse

from connector.edge.roles import Role
from console import urls as console

NOT_OURS = {"logout", "jsi18n", "view_on_site", "app_list"}  # Django's own, which show no row.
NEWEST = 2


def names() -> list[str]:
    """Return the names of all patterns of the admin."""
    return sorted({name for name in flat(admin.site.get_urls()) if name not in NOT_OURS})


def flat(patterns: Any) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from flat(pattern.url_patterns)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield pattern.name


def addresses(name: str) -> list[str]:
    """Return the addresses of a pattern: of the newest rows, where it is of one."""
    try:
        return [reverse(f"admin:{name}")]
    except NoReverseMatch:
        return [reverse(f"admin:{name}", args=[pk]) for pk in newest(model_of(name))]


def newest(model: type[Model]) -> list[Any]:
    """Return the numbers of a few rows; of deliveries of more, for what each state shows."""
    most = 3 * NEWEST if model._meta.model_name == "delivery" else NEWEST
    return list(model._default_manager.order_by("-pk").values_list("pk", flat=True)[:most])


def model_of(name: str) -> type[Model]:
    """Return the model of whose admin a pattern is."""
    return next(model for model in models() if name.startswith(prefix(model)))


def operated_by(name: str) -> Role:
    """Return the least role that may change the rows whose pattern it is."""
    return getattr(admin.site.get_model_admin(model_of(name)), "operated_by", Role.ADMINISTRATOR)


def prefix(model: type[Model]) -> str:
    return f"{model._meta.app_label}_{model._meta.model_name}_"


def models() -> list[type[Model]]:
    """Return the models with pages, the longest names first, since one may begin as another."""
    return sorted(admin.site._registry, key=lambda model: -len(prefix(model)))


def pages_beside() -> list[str]:
    """Return the addresses of the console's own pages."""
    return [f"/admin/{pattern.pattern}" for pattern in console.urlpatterns]
