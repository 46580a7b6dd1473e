"""The first page of the admin: a few numbers of each room, and parts of its own making, registered by it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from connector.edge.counting import counted


@dataclass(frozen=True)
class Figure:
    """A number that links to the list which it counts; `alarming` when it should be nought and is not."""

    title: str
    value: str
    url: str
    alarming: bool = False


@dataclass(frozen=True)
class Card:
    title: str
    figures: Sequence[Figure]


@dataclass(frozen=True)
class Part:
    """A part of the page, above the cards: a template, and what it knows as `part`."""

    template: str
    context: Mapping[str, Any]


_parts: list[Callable[[HttpRequest], Part | None]] = []
_cards: list[Callable[[HttpRequest], Card | None]] = []


def register_card(card: Callable[[HttpRequest], Card | None]) -> Callable[[HttpRequest], Card | None]:
    """Show what this returns on the first page; None for a user who may not see it."""
    _cards.append(card)
    return card


def register_part(part: Callable[[HttpRequest], Part | None]) -> Callable[[HttpRequest], Part | None]:
    """Show what this returns on the first page, in the order of registration; None for a user who may not see it."""
    _parts.append(part)
    return part


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Return the context of the first page, as the theme asks for it."""
    context["parts"] = [part for part_of in _parts if (part := part_of(request)) is not None]
    context["cards"] = [shown for card in _cards if (shown := card(request)) is not None]
    return context


def figure(title: str, rows: Any, url: str, *, alarming: bool = False) -> Figure:
    """Count rows up to the bound of the lists, so that the first page is quick whatever there is."""
    value = counted(rows)
    return Figure(title, value, url, alarming=alarming and value != "0")
