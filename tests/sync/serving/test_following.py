"""Any writes, with changes read among them from cursor to cursor, leave the reader with what the connector has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entities.models import Product, Tombstone
from tests.conftest import Dsync
from tests.contract.following import Follower, going_on, items, settle
from tests.sync.writes import DATABASE, run, side_by_side, write

pytestmark = DATABASE
Policy = Callable[..., None]
EXAMPLES = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
LATE = "UPDATE entities_product SET color = %s, changed_in = pg_current_xact_id() WHERE sku = 'late'"

bodies = st.sampled_from([{}, {"color": "White"}, {"color": "Black"}])
writes = st.tuples(
    st.sampled_from(["POST", "POST", "PUT", "DELETE"]), st.sampled_from("abcd"), bodies, st.sampled_from([True, False])
)
steps = st.lists(writes | st.sampled_from(["follow", "run", "late"]), max_size=25)


@pytest.fixture
def other(transactional_db: None) -> Iterator[psycopg.Connection[Any]]:
    """Somebody else's connection to the database."""
    given = connection.get_connection_params()
    with psycopg.connect(host=given["host"], user=given["user"], dbname=given["dbname"]) as own:
        yield own


class History:
    """Takes steps: writes, inline or deferred, a transaction that is open for long, and the reader's own."""

    def __init__(self, follower: Follower, other: psycopg.Connection[Any]) -> None:
        self.follower = follower
        self.other = other
        self.count = 0

    def take(self, step: Any) -> None:
        if isinstance(step, tuple):
            method, key, body, is_async = step
            write(method, key, None if method == "DELETE" else body, is_async=is_async)
        else:
            getattr(self, step)()

    def run(self) -> None:
        run()

    def follow(self) -> None:
        self.follower.follow()

    def late(self) -> None:
        """Begin a change of a record of its own, or commit the one that is under way."""
        self.count += 1
        if self.count % 2:
            self.other.execute(LATE, [str(self.count)])
        else:
            self.other.commit()


@EXAMPLES
@given(on_delete=st.sampled_from(["soft", "hard"]), per_page=st.integers(1, 4), history=steps)
def test_reader_of_changes_has_every_record_as_it_is(  # noqa: PLR0917 (of Hypothesis)
    dsync: Dsync, other: psycopg.Connection[Any], policy: Policy, on_delete: str, per_page: int, history: list[Any]
) -> None:
    policy("product", on_delete=on_delete)
    Product.objects.all().delete()
    Tombstone.objects.all().delete()
    write("POST", "late", is_async=False)
    follower = Follower(dsync, per_page=per_page)
    follower.walk()
    taking = History(follower, other)
    for step in history:
        taking.take(step)
    run()
    other.commit()
    settle()
    follower.follow()
    assert follower.copy == {item["sku"]: item for item in items(dsync.items("product", "?per_page=1000"))}


def test_walk_and_changes_are_complete_while_others_write(dsync: Dsync) -> None:
    for number in range(40):
        write("POST", f"old-{number}", is_async=False)
    follower = Follower(dsync, per_page=3)

    def writing(name: str) -> None:
        for number in range(40):
            write("POST", f"{name}-{number}", is_async=False)
            write("DELETE", f"{name}-{number // 2}", is_async=False)
            write("PUT", f"old-{number}", {"color": name}, is_async=False)

    def following() -> set[str]:
        walked = [
            item["sku"] for page in going_on(dsync, dsync.items("product", "?per_page=3")) for item in items(page)
        ]
        assert len(walked) == len(set(walked))
        follower.walk()
        for _ in range(5):
            follower.follow()
        return set(walked)

    walked, *_ = side_by_side(following, *[lambda name=name: writing(name) for name in ("x", "y", "z")])
    assert {f"old-{number}" for number in range(40)} <= walked
    settle()
    follower.follow()
    assert follower.copy == {item["sku"]: item for item in items(dsync.items("product", "?per_page=1000"))}
