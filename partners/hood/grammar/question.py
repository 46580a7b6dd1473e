"""Reading what is asked of a list, with every fault at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict

from connector.edge.errors import Fault
from connector.edge.strict_json import below
from partners.errors import QueryRefused
from partners.fields.readers import Unfit
from partners.hood.grammar.listing import Listing
from partners.hood.grammar.operators import condition

RESERVED = ("sort", "page", "q", "q_fields", "view", "fields")
VIEWS = ("default", "full")
PAGE = re.compile(r"([1-9][0-9]{0,8})(?:,([1-9][0-9]{0,2}))?", re.ASCII)
PER_PAGE, MOST_PER_PAGE = 20, 100


@dataclass(frozen=True)
class Question:
    """What is asked of a list: which rows in which order, which page of them, and what is shown of each."""

    where: Q
    order: Sequence[str]
    page: int
    per_page: int
    names: Sequence[str]

    def of(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(self.where).order_by(*self.order)

    def page_of(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        start = (self.page - 1) * self.per_page
        return rows[start : start + self.per_page]


def question(listing: Listing, asked: QueryDict) -> Question:
    """Return what a query asks.

    Raises:
        QueryRefused: with every fault of it.
    """
    reader = Reader(listing, asked)
    page, per_page = reader.page()
    found = Question(reader.where(), reader.order(), page, per_page, reader.names())
    if reader.faults:
        raise QueryRefused(faults=reader.faults)
    return found


@dataclass
class Reader:
    listing: Listing
    asked: QueryDict
    faults: list[Fault] = field(default_factory=list)

    def blame(self, name: str, code: str, rule: str) -> None:
        name = below("", name)
        self.faults.append(Fault(name, code, f"{name} {rule}."))

    def once(self, name: str) -> str | None:
        """Return a parameter that may come once, None where it does not or cannot be read."""
        found = self.asked.getlist(name)
        if len(found) > 1:
            self.blame(name, "repeated", "may be given once")
        elif found and "\0" in found[0]:
            self.blame(name, "invalid_character", "contains a NUL character")
        return found[0] if len(found) == 1 and "\0" not in found[0] else None

    def named(self, name: str, known: Sequence[str]) -> list[str]:
        """Return the names, divided by commas, that a parameter may choose from."""
        text = self.once(name)
        names = [] if text is None else text.split(",")
        for unknown in (each for each in names if each not in known):
            self.blame(name, "unknown_field", f"takes {', '.join(known)}, not {below('', unknown)!r}")
        return [each for each in names if each in known]

    def order(self) -> Sequence[str]:
        directions = [f"{sign}{name}" for name in self.listing.sortable for sign in ("", "-")]
        return [*self.named("sort", directions), *self.listing.order]

    def page(self) -> tuple[int, int]:
        text = self.once("page")
        found = PAGE.fullmatch(text) if text is not None else None
        per_page = int(found[2] or PER_PAGE) if found else PER_PAGE
        if text is not None and (found is None or per_page > MOST_PER_PAGE):
            self.blame("page", "not_a_page", f"must be N or N,M: a page from 1, and up to {MOST_PER_PAGE} rows a page")
        return (int(found[1]) if found else 1), per_page

    def names(self) -> Sequence[str]:
        """Return what is shown of a row, in the order of the shape; `fields` wins over `view`."""
        view = self.once("view")
        if view is not None and view not in VIEWS:
            self.blame("view", "unknown_view", f"must be one of: {', '.join(VIEWS)}")
        chosen = self.named("fields", list(self.listing.shape))
        usual = self.listing.shape if view == "full" else self.listing.default_view or self.listing.shape
        return [name for name in self.listing.shape if name in (chosen or usual)]

    def where(self) -> Q:
        where = self.sought()
        for condition_of_one in self.filtered():
            where &= condition_of_one
        hides = "archived" in self.listing.filters and "archived" not in self.asked
        return where & Q(archived=False) if hides else where

    def sought(self) -> Q:
        """Return the condition that a text is in one of the searched fields, whatever its case."""
        text = self.once("q")
        columns = self.named("q_fields", self.listing.searched) or self.listing.searched
        where = Q()
        for column in columns if text else ():
            where |= Q(**{f"{column}__icontains": text})
        return where

    def filtered(self) -> Iterator[Q]:
        for name, texts in self.asked.lists():
            if name in RESERVED:
                continue
            if name not in self.listing.filters:
                self.blame(name, "unknown_field", "is no field to filter by")
                continue
            for text in texts:
                yield from self.condition(name, text)

    def condition(self, name: str, text: str) -> Iterator[Q]:
        try:
            yield condition(self.listing.filters[name], text)
        except Unfit as unfit:
            for breach in unfit.breaches:
                self.blame(name, breach.code, breach.rule)
