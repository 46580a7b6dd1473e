"""What kinds of alerts there are; each room registers how its own are found."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a person should look at now.

    `subject` names it within its kind and does not change while it lasts; `text` may. Neither quotes a body or a
    record's key. `path` is the page of the admin that answers it.
    """

    subject: str
    text: str
    path: str


@dataclass(frozen=True, slots=True)
class Kind:
    """Finds what is amiss of one kind, every so many seconds; what is over before `patience` was never an alert."""

    name: str
    title: str
    find: Callable[[], Iterable[Finding]]
    every: int = 15
    patience: int = 0

    @property
    def gauge(self) -> str:
        """The name under which it stands when this was last looked for."""
        return f"alert.{self.name}"


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    KINDS[kind.name] = kind
    return kind


def wanted() -> list[Kind]:
    """Return the kinds that are looked for."""
    named = settings.CONNECTOR_ALERT_KINDS
    return [kind for kind in KINDS.values() if not named or kind.name in named]


def too_young() -> Q:
    """Select the alerts that may yet turn out to have been none: the patience of their kind is not over."""
    young = Q(pk__in=[])
    for kind in KINDS.values():
        if kind.patience:
            young |= Q(kind=kind.name, opened_at__gt=Now() - timedelta(seconds=kind.patience))
    return young


def title_of(name: str) -> str:
    return KINDS[name].title if name in KINDS else name


def many(count: int, one: str, several: str, *, bound: int | None = None) -> str:
    """Return a number with its noun; one that was counted no further than a bound is at least that."""
    shown = f"at least {bound:,}" if bound is not None and count >= bound else f"{count:,}"
    return f"{shown} {one if count == 1 else several}"


def page(name: str, *arguments: object, **query: object) -> str:
    """Return the address of a page of the admin."""
    return reverse(f"admin:{name}", args=arguments) + (f"?{urlencode(query)}" if query else "")
