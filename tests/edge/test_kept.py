from __future__ import annotations

from itertools import count

import pytest

from connector.edge.kept import Kept, kept


def counting(seconds: float) -> Kept[int]:
    looks = count(1)
    return kept(seconds)(lambda: next(looks))


@pytest.mark.parametrize(("seconds", "told"), [(60, [1, 1, 1]), (-1, [1, 2, 3])], ids=["young", "too old"])
def test_what_was_looked_up_is_told_again_while_it_is_young(seconds: float, told: list[int]) -> None:
    look = counting(seconds)
    assert [look(), look(), look()] == told


def test_what_is_forgotten_is_looked_up_again() -> None:
    look = counting(60)
    told = [look()]
    look.forget()
    assert [*told, look(), look()] == [1, 2, 2]


def test_what_is_put_in_its_place_is_told() -> None:
    look = counting(60)
    assert [look.keep(7), look()] == [7, 7]
