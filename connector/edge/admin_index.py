"""The first page of the admin: a few numbers of each room, registered by it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from connector.edge.admin_paginator import counted


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


_cards: list[Callable[[HttpRequest], Card | None]] = []


def register_card(card: Callable[[HttpRequest], Card | None]) -> Callable[[HttpRequest], Card | None]:
    """Show what this returns on the first page; None for a user who may not see it."""
    _cards.append(card)
    return card


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Return the context of the first page, as the theme asks for it."""
    context["cards"] = [shown for card in _cards if (shown := card(request)) is not None]
    return context


def figure(title: str, rows: Any, url: str, *, alarming: bool = False) -> Figure:
    """Count rows up to the bound of the lists, so that the first page is quick whatever there is."""
    value = counted(rows)
    return Figure(title, value, url, alarming=alarming and value != "0")
