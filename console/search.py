"""The search box: what a person has in hand, whatever it is, leads to the page where it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Value
from django.db.models.functions import Cast
from django.http import HttpRequest

from connector.edge.headers import is_printable
from console.kinds import Kind, kinds

LONGEST = 255  # As long as a key may be.


@dataclass(frozen=True)
class Hit:
    """A page that a term leads to."""

    title: str
    label: str
    url: str


def search(request: HttpRequest, term: str) -> list[Hit]:
    """Return what a term names of all that the user may see, up to ten of a kind, by one statement."""
    if not term or len(term) > LONGEST or not is_printable(term):
        return []
    asked = list(kinds(request, term))
    arms = [arm(place, kind) for place, kind in enumerate(asked)]
    if not arms:
        return []
    rows = arms[0].union(*arms[1:], all=True)
    hits = [hit(asked[int(place)], number, label) for place, number, label in sorted(rows, key=lambda row: int(row[0]))]
    return list(dict.fromkeys(hits))  # A process may be known by what came and by what was told.


def arm(place: int, kind: Kind) -> Any:
    text = CharField()
    told = {
        "kind_place": Value(str(place), output_field=text),
        "row_number": Cast("pk", text),
        "row_label": Cast(kind.label, text),
    }
    return kind.rows.order_by().annotate(**told).values_list(*told)[: kind.most]


def hit(kind: Kind, number: str, label: str) -> Hit:
    return Hit(kind.title, label, kind.url(number, label))
