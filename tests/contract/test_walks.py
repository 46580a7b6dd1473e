"""A walk of mass synchronisation is complete under writes: nothing twice, nothing left out.

Each request has a transaction of its own here, as `now()` stands still within one.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from math import ceil
from string import ascii_letters
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.db.models import F
from django.db.models.functions import Now
from django.http import HttpResponse
from pytest_django import DjangoAssertNumQueries

from entities.entity import OnDelete
from entities.models import Product
from entities.schema import EntitySchema, schemas
from sync.models import Walk, WalkBlock
from sync.serving import ranges
from tests.conftest import Dsync

pytestmark = pytest.mark.django_db(transaction=True)
LETTERS = "abcdefghij"
Policy = Callable[..., None]


def write(dsync: Dsync, keys: str) -> None:
    for key in keys:
        assert dsync.post("product", {"sku": key}).status_code == 201


@pytest.fixture
def ten(dsync: Dsync) -> Dsync:
    """A side whose connector has the products a to j."""
    write(dsync, LETTERS)
    return dsync


@pytest.fixture(params=[1, 2, 1000, "far"], ids=lambda size: f"blocks of {size}")
def _blocks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Walks whose boundaries are found in blocks of so many pages, or all of whose pages are far away."""
    if request.param == "far":
        few_pages_are_far(monkeypatch)
    else:
        monkeypatch.setattr("sync.serving.blocks.BLOCK", request.param)


def few_pages_are_far(monkeypatch: pytest.MonkeyPatch, near: int = 0) -> None:
    """Have a page be far away that is so many after the last known, and marks so dense that ten records have some."""
    monkeypatch.setattr("sync.serving.ranges.NEAR", near)
    monkeypatch.setattr("sync.serving.jumps.STRETCH", 3)
    monkeypatch.setattr("sync.serving.jumps.GOING_ON", 2)


def keys(answer: HttpResponse) -> str:
    assert answer.status_code == 200, answer.content
    return "".join(item["sku"] for item in answer.json()["data"]["items"])


def page(dsync: Dsync, number: int, size: int = 3) -> str:
    return keys(dsync.items("product", f"?page={number}&per_page={size}"))


def pages(dsync: Dsync, size: int = 3) -> Iterator[str]:
    """Walk as the `Total` of the first page says, page by page."""
    first = dsync.items("product", f"?per_page={size}")
    yield keys(first)
    for number in range(2, ceil(int(first["Total"]) / size) + 1):
        yield page(dsync, number, size)


@pytest.mark.usefixtures("_blocks")
@pytest.mark.parametrize("size", [1, 3, 10, 11])
def test_walk_serves_every_record_once(ten: Dsync, size: int) -> None:
    assert "".join(pages(ten, size)) == LETTERS
    assert page(ten, ceil(10 / size) + 1, size) == ""


@pytest.mark.usefixtures("_blocks")
def test_walk_leaves_out_what_is_deleted_between_its_pages_and_nothing_else(ten: Dsync) -> None:
    walk = pages(ten)
    assert next(walk) == "abc"
    for key in "adg":
        ten.delete("product", key)
    assert "".join(walk) == "efhij"


@pytest.mark.usefixtures("_blocks")
def test_walk_is_not_moved_by_a_hard_delete(ten: Dsync, policy: Policy) -> None:
    policy("product", on_delete=OnDelete.HARD)
    walk = pages(ten)
    next(walk)
    for key in "abc":
        ten.delete("product", key)
    assert "".join(walk) == "defghij"


@pytest.mark.usefixtures("_blocks")
def test_walk_does_not_add_what_is_created_between_its_pages(ten: Dsync) -> None:
    walk = pages(ten)
    next(walk)
    write(ten, "xyz")
    assert "".join(walk) == "defghij"
    assert page(ten, 5) == ""


@pytest.mark.usefixtures("_blocks")
def test_walk_serves_a_record_once_that_is_updated_between_its_pages(ten: Dsync) -> None:
    walk = pages(ten)
    next(walk)
    for key in LETTERS:
        ten.put("product", key, {"color": "White"})
    assert "".join(walk) == "defghij"


@pytest.mark.usefixtures("_blocks")
def test_walk_shows_the_values_of_the_moment(ten: Dsync) -> None:
    walk = pages(ten)
    next(walk)
    ten.put("product", "d", {"color": "White"})
    assert ten.items("product", "?page=2&per_page=3").json()["data"]["items"][0]["color"] == "White"


@pytest.mark.usefixtures("_blocks")
def test_walk_does_not_add_a_record_that_is_revived_between_its_pages(ten: Dsync) -> None:
    walk = pages(ten)
    assert next(walk) == "abc"
    for key in "bf":
        ten.delete("product", key)
        ten.post("product", {"sku": key})
    assert "".join(walk) == "deghij"


@pytest.mark.usefixtures("_blocks")
def test_walk_does_not_add_a_record_that_was_deleted_before_it_and_is_revived(ten: Dsync) -> None:
    ten.delete("product", "e")
    walk = pages(ten)
    next(walk)
    ten.post("product", {"sku": "e"})
    assert "".join(walk) == "dfghij"


@pytest.mark.usefixtures("_blocks")
@pytest.mark.parametrize("seed", range(3))
def test_walk_is_complete_under_any_writes(ten: Dsync, seed: int) -> None:
    chance = random.Random(seed)
    touched: set[str] = set()
    served = ""
    for number, keys_of_page in enumerate(pages(ten, 2)):
        served += keys_of_page
        for key in chance.sample(LETTERS, 2):
            ten.delete("product", key)
            touched.add(key)
            if chance.random() < 0.5:
                ten.post("product", {"sku": key})
        write(ten, str(number))
    assert len(served) == len(set(served))
    assert set(LETTERS) - touched <= set(served)
    assert not set(served) & set("0123456789")


@pytest.mark.usefixtures("_blocks")
def test_walk_serves_a_page_again_with_the_same_range(ten: Dsync) -> None:
    walk = pages(ten)
    next(walk)
    first = [next(walk), next(walk)]
    ten.delete("product", "e")
    write(ten, "x")
    assert [page(ten, number) for number in (2, 3)] == [first[0].replace("e", ""), first[1]]


def test_walk_keeps_its_total(ten: Dsync) -> None:
    ten.items("product", "?per_page=3")
    ten.delete("product", "j")
    write(ten, "xyz")
    assert {ten.items("product", f"?page={number}&per_page=3")["Total"] for number in (2, 3, 4, 5)} == {"10"}


def test_walk_begins_anew_at_page_1(ten: Dsync) -> None:
    list(pages(ten))
    ten.delete("product", "a")
    write(ten, "x")
    assert "".join(pages(ten)) == "bcdefghijx"
    assert Walk.objects.count() == 2


@pytest.mark.usefixtures("_blocks")
def test_walks_of_two_clients_do_not_touch(ten: Dsync, stranger: Dsync) -> None:
    walks = [pages(ten), pages(stranger)]
    assert [next(walk) for walk in walks] == ["abc", "abc"]
    ten.delete("product", "d")
    write(ten, "x")
    assert ["".join(walk) for walk in walks] == ["efghij", "efghij"]


@pytest.mark.usefixtures("_blocks")
def test_walks_side_by_side_on_one_token_each_get_everything(ten: Dsync) -> None:
    early = pages(ten)
    served = [next(early), next(early)]
    write(ten, "x")
    late = pages(ten)
    behind = [next(late)]
    served += [next(early), next(early)]
    behind += list(late)
    assert "".join(served) == LETTERS
    assert "".join(behind) == f"{LETTERS}x"


def test_page_is_of_the_walk_it_was_looked_for_in_when_another_opens_meanwhile(
    ten: Dsync, monkeypatch: pytest.MonkeyPatch
) -> None:
    page(ten, 1)
    find = ranges.find

    def find_later(walk: int, schema: EntitySchema, number: int) -> None:
        page(ten, 1)
        find(walk, schema, number)

    monkeypatch.setattr("sync.serving.ranges.find", find_later)
    assert page(ten, 2) == "def"


def test_walks_of_different_sizes_do_not_touch(ten: Dsync) -> None:
    assert (page(ten, 1, 3), page(ten, 1, 5)) == ("abc", "abcde")
    assert (page(ten, 2, 3), page(ten, 2, 5)) == ("def", "fghij")


def test_walks_of_different_entities_do_not_touch(ten: Dsync) -> None:
    ten.post("order", {"order_id": "1"})
    page(ten, 1)
    ten.items("order", "?per_page=3")
    assert page(ten, 2) == "def"


def test_walk_is_continued_by_another_token_of_the_client(ten: Dsync, twin: Dsync) -> None:
    page(ten, 1)
    assert page(twin, 2) == "def"
    assert Walk.objects.count() == 1


def test_walk_is_not_continued_by_another_client(ten: Dsync, stranger: Dsync) -> None:
    page(ten, 1)
    assert stranger.items("product", "?page=2&per_page=3").json()["detail"] == {"walk": "restarted"}


@pytest.mark.parametrize(("hours", "detail"), [(23.9, {}), (24.1, {"walk": "restarted"})])
def test_walk_lives_24_hours_after_its_last_page(ten: Dsync, hours: float, detail: dict[str, str]) -> None:
    page(ten, 1)
    Walk.objects.update(served_at=F("served_at") - timedelta(hours=hours))
    assert ten.items("product", "?page=2&per_page=3").json()["detail"] == detail


def test_walk_is_kept_alive_by_each_page(ten: Dsync) -> None:
    for number in (1, 2, 3):
        assert ten.items("product", f"?page={number}&per_page=3").json()["detail"] == {}
        Walk.objects.update(served_at=F("served_at") - timedelta(hours=13))
    assert page(ten, 4) == "j"
    assert Walk.objects.count() == 1


def test_walk_that_has_ended_is_cleared_away(ten: Dsync) -> None:
    page(ten, 1)
    Walk.objects.update(served_at=F("served_at") - timedelta(hours=25))
    page(ten, 1)
    assert (Walk.objects.count(), WalkBlock.objects.count()) == (1, 1)


def test_walk_that_was_restarted_has_all_that_lies_behind(ten: Dsync) -> None:
    assert page(ten, 3) == "ghi"
    assert (page(ten, 4), page(ten, 2)) == ("j", "def")


def test_walk_that_is_begun_past_its_end_looks_for_no_pages(ten: Dsync) -> None:
    assert page(ten, 1_000_000, 1) == ""
    assert not WalkBlock.objects.exists()


@pytest.mark.usefixtures("_blocks")
def test_walk_may_jump(ten: Dsync) -> None:
    assert [page(ten, number, 2) for number in (1, 4, 5, 2, 9, 3)] == ["ab", "gh", "ij", "cd", "", "ef"]


def test_walk_of_nothing_stays_empty(dsync: Dsync) -> None:
    assert page(dsync, 1) == ""
    write(dsync, "a")
    assert page(dsync, 2) == ""


@pytest.mark.parametrize("number", [2, 3, 4])
def test_walk_costs_the_same_at_any_page(
    ten: Dsync, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    page(ten, number)
    with django_assert_num_queries(2):  # what is set, and the walk with its records
        page(ten, number)


def test_walk_leaves_nothing_out_when_an_earlier_number_commits_late(
    ten: Dsync, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A transaction that is still open when the walk opens may hold a number between two others."""
    monkeypatch.setattr("sync.serving.blocks.BLOCK", 1)
    Product.objects.filter(sku="e").update(deleted_at=Now())
    walk = pages(ten, 1)
    served = next(walk)
    Product.objects.update(deleted_at=None)
    assert served + "".join(walk) == LETTERS


@pytest.fixture
def _far(monkeypatch: pytest.MonkeyPatch) -> None:
    few_pages_are_far(monkeypatch)


@pytest.mark.usefixtures("_far")
@pytest.mark.parametrize("on_delete", OnDelete)
@pytest.mark.parametrize("seed", range(4))
def test_walk_whose_pages_are_asked_for_in_any_order_is_complete(
    ten: Dsync, policy: Policy, seed: int, on_delete: OnDelete
) -> None:
    """Each is asked for a second time later, and has what it had, less what is gone."""
    policy("product", on_delete=on_delete)
    chance = random.Random(seed)
    served, touched = {1: page(ten, 1, 2)}, set[str]()
    for number in chance.sample(range(2, 6), 4):
        served[number] = page(ten, number, 2)
        touched |= {key := chance.choice(LETTERS)}
        ten.delete("product", key)
        if chance.random() < 0.5:
            ten.post("product", {"sku": key})
    everything = "".join(served.values())
    assert len(everything) == len(set(everything))
    assert set(LETTERS) - touched <= set(everything)
    assert all(len(keys) <= 2 for keys in served.values()), served
    again = {number: page(ten, number, 2) for number in range(2, 6)}
    assert again == {number: "".join(key for key in served[number] if key not in touched) for number in again}


@pytest.mark.parametrize("revived", ["", "bf"], ids=["deleted", "deleted and revived"])
def test_page_far_away_counts_no_record_that_is_gone(
    dsync: Dsync, monkeypatch: pytest.MonkeyPatch, revived: str
) -> None:
    few_pages_are_far(monkeypatch, near=1)
    with connection.cursor() as cursor:
        cursor.execute("ALTER SEQUENCE entities_product_id_seq RESTART")  # Else all ten are in one stretch.
    write(dsync, LETTERS)
    page(dsync, 1)
    for key in "bf":
        dsync.delete("product", key)
    write(dsync, revived)
    assert [page(dsync, number) for number in (3, 2)] == ["hij", "deg"]


@pytest.mark.usefixtures("_far")
def test_page_before_one_far_away_has_what_committed_late_between_them(ten: Dsync) -> None:
    Product.objects.filter(sku="d").update(deleted_at=Now())
    assert [page(ten, number, 1) for number in (1, 5)] == ["a", "f"]
    Product.objects.update(deleted_at=None)
    assert "".join(page(ten, number, 1) for number in range(2, 10)) == "bcdefghij"


@pytest.mark.usefixtures("_far")
@pytest.mark.parametrize("number", [3, 7, 9])
def test_page_far_away_costs_the_same_wherever_it_lies(
    ten: Dsync, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    for known in (1, 5):
        page(ten, known, 1)
    with django_assert_num_queries(6):  # a step that does not know it; its lock, its range and a step that does
        assert page(ten, number, 1) == LETTERS[number - 1]


@pytest.mark.usefixtures("_far")
def test_walk_that_has_jumped_goes_on_by_its_cursors(ten: Dsync) -> None:
    page(ten, 1, 1)
    answer = ten.items("product", "?page=6&per_page=1")
    served = keys(answer)
    while cursor := answer.get("Next-Cursor"):
        answer = ten.items("product", f"?cursor={cursor}")
        served += keys(answer)
    assert served == "fghij"
    assert "Changes-Cursor" in answer


@pytest.mark.usefixtures("_far")
def test_walk_that_has_jumped_is_not_served_by_who_does_not_know_its_marks(ten: Dsync) -> None:
    """The release before would find the pages between a second time, as others."""
    for number in (1, 4):
        page(ten, number, 2)
    with pytest.raises(IntegrityError, match="sync_walk_is_served_by_who_knows_marks"):
        Walk.objects.update(last_page=2, served_at=Now())


def test_page_before_one_far_away_is_not_longer_when_records_of_known_pages_were_deleted(
    dsync: Dsync, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where pages were found past the marks, those counted later would know nothing of what these had."""
    few_pages_are_far(monkeypatch)
    monkeypatch.setattr("sync.serving.jumps.GOING_ON", 10)
    write(dsync, ascii_letters)
    assert [page(dsync, number, 2) for number in (1, 2)] == ["ab", "cd"]
    for key in ascii_letters[6:22]:
        dsync.delete("product", key)
    far = page(dsync, 20, 2)
    between = [page(dsync, number, 2) for number in range(3, 20)]
    assert all(len(keys) <= 2 for keys in between), between
    assert "".join(between) + far == ascii_letters[4:6] + ascii_letters[22 : 22 + len("".join(between)) - 2 + len(far)]


def test_page_is_of_the_same_walk_when_another_is_opened_while_its_range_is_found(
    ten: Dsync, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = ranges.find

    def while_another_begins(*asked: Any) -> None:
        monkeypatch.undo()
        page(ten, 1)
        find(*asked)

    page(ten, 1)
    monkeypatch.setattr(ranges, "find", while_another_begins)
    assert page(ten, 2) == "def"


@pytest.mark.usefixtures("_far")
def test_page_that_another_has_found_meanwhile_is_not_found_a_second_time(ten: Dsync) -> None:
    assert [page(ten, number, 1) for number in (1, 5, 4)] == ["a", "e", "d"]
    ten.delete("product", "e")
    ranges.find(Walk.objects.get().pk, schemas()["product"], 5)
    assert [page(ten, number, 1) for number in (5, 6, 7)] == ["", "f", "g"]


def test_page_of_a_block_is_not_found_a_second_time_when_another_has_jumped_meanwhile(
    ten: Dsync, monkeypatch: pytest.MonkeyPatch
) -> None:
    few_pages_are_far(monkeypatch, near=1)
    monkeypatch.setattr("sync.serving.blocks.BLOCK", 1)
    assert [page(ten, number, 1) for number in (1, 2, 3, 8)] == ["a", "b", "c", "h"]
    known = WalkBlock.objects.count()
    ranges.find(Walk.objects.get().pk, schemas()["product"], 2)
    assert WalkBlock.objects.count() == known
