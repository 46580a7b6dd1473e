"""The operators of filters: `field=[operator:]value`, `eq` where none is written.

eq, neq, in, nin            has the value, or one of several divided by commas; `neq` and `nin` also take what has none
is, isn                     has a value at all, has none; nothing is written after the colon
gt, gte, lt, lte            by the order of numbers and times
r, rf, rl, rr               a range `low,high`: with both ends, with the first alone, with the last alone, with neither
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from partners.fields.readers import unfit
from partners.hood.grammar.filters import Filter

WRITTEN = re.compile(r"([A-Za-z_]+):(.*)", re.DOTALL)
DEFAULT = "eq"
MOST_VALUES = 100


@dataclass(frozen=True)
class Operator:
    """How an operator's text is divided into values, and which condition they make."""

    divide: Callable[[str], Sequence[str]]
    condition: Callable[[Filter, Sequence[Any]], Q]
    ordered: bool = False


def one(text: str) -> Sequence[str]:
    return [text]


def several(text: str) -> Sequence[str]:
    values = text.split(",")
    if len(values) > MOST_VALUES:
        raise unfit("too_many", f"may name at most {MOST_VALUES} values; it names {len(values)}")
    return values


def both_ends(text: str) -> Sequence[str]:
    values = text.split(",")
    if len(values) != 2:
        raise unfit("not_a_range", "must be two values divided by a comma")
    return values


def nothing(text: str) -> Sequence[str]:
    if text:
        raise unfit("not_empty", "takes no value after this operator")
    return []


def comparison(lookup: str) -> Operator:
    return Operator(one, lambda chosen, values: chosen.compared(lookup, values[0]), ordered=True)


def between(low: str, high: str) -> Operator:
    return Operator(
        both_ends,
        lambda chosen, values: chosen.compared(low, values[0]) & chosen.compared(high, values[1]),
        ordered=True,
    )


OPERATORS: Mapping[str, Operator] = {
    "eq": Operator(one, lambda chosen, values: chosen.has(values)),
    "neq": Operator(one, lambda chosen, values: ~chosen.has(values)),
    "in": Operator(several, lambda chosen, values: chosen.has(values)),
    "nin": Operator(several, lambda chosen, values: ~chosen.has(values)),
    "is": Operator(nothing, lambda chosen, _: ~chosen.null),
    "isn": Operator(nothing, lambda chosen, _: chosen.null),
    **{name: comparison(name) for name in ("gt", "gte", "lt", "lte")},
    "r": between("gte", "lte"),
    "rf": between("gte", "lt"),
    "rl": between("gt", "lte"),
    "rr": between("gt", "lt"),
}


def condition(chosen: Filter, written: str) -> Q:
    """Return the condition that a filter's text means.

    Raises:
        Unfit: the text breaks a rule.
    """
    found = WRITTEN.fullmatch(written)
    name, text = (found[1], found[2]) if found else (DEFAULT, written)
    operator = OPERATORS.get(name)
    if operator is None or (operator.ordered and not chosen.ordered):
        taken = [known for known, one_of in OPERATORS.items() if chosen.ordered or not one_of.ordered]
        raise unfit("unknown_operator", f"takes the operators {', '.join(taken)}")
    return operator.condition(chosen, [chosen.read(value) for value in operator.divide(text)])
