"""What an upper room adds to the admin pages of a lower room's model: registered, never imported from below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib.admin import ListFilter
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern

Link = tuple[str, str]


class Addition:
    """What is added to a model's list and to a row's page, and pages of its own; override what is needed.

    A column is a callable that takes a row, as in `list_display`.
    """

    columns: Sequence[Callable[[Any], Any]] = ()
    filters: Sequence[type[ListFilter]] = ()

    def rows(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows of a list with what the columns ask of them."""
        return rows

    def panel(self, request: HttpRequest, row: Any) -> str:  # noqa: ARG002 (what a subclass takes)
        """Return the panel as safe HTML; empty where there is none, or the user may not see it."""
        return ""

    def urls(self, model_admin: Any) -> Sequence[URLPattern]:  # noqa: ARG002
        """Return the addresses of pages below the model's own, each under its admin's check."""
        return ()

    def list_links(self, request: HttpRequest, model_admin: Any) -> Sequence[Link]:  # noqa: ARG002
        """Return what stands above the list: a label and an address each."""
        return ()

    def may_add(self, request: HttpRequest, model: type[Model]) -> bool:  # noqa: ARG002
        """Tell whether the user may add a row by a page of the addition, at `add/`."""
        return False


_added: list[tuple[type[Model], Addition]] = []


def add(model: type[Model], addition: Addition) -> None:
    """Add to the pages of a model, or of every model under an abstract one."""
    _added.append((model, addition))


def additions_of(model: type[Model]) -> list[Addition]:
    return [addition for base, addition in _added if issubclass(model, base)]
