"""Effective status: whatever is done in whatever order, what is in effect follows from the statuses alone."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partners.models import Campaign, Deal, OwnStatus, Partner, Status
from tests.partners.hood import Hood
from tests.partners.ledger import Row
from tests.partners.statements import statements

pytestmark = pytest.mark.django_db
numbers = count()
EXAMPLES = settings(max_examples=60, deadline=None, suppress_health_check=[*HealthCheck])

places = st.integers(0, 5)
upper = st.sampled_from(Status.values)
own = st.sampled_from(OwnStatus.values)
steps = st.one_of(
    st.tuples(st.just("change"), st.just("partner"), places, upper),
    st.tuples(st.just("change"), st.sampled_from(["deal", "campaign"]), places, own),
    st.tuples(st.just("add"), st.sampled_from(["deal", "campaign"]), places, own),
    st.tuples(st.just("archive"), st.sampled_from(["partner", "deal", "deal", "campaign"]), places, st.none()),
)


class World:
    """One partner with what hangs on it: in the service, and in the ledger that foretells it."""

    def __init__(self, hood: Hood, status: str) -> None:
        self.hood = hood
        partner = hood.create("partner", name=f"Partner {next(numbers)}", status=status)
        self.rows: dict[str, list[tuple[str, Row]]] = {
            "partner": [(partner["id"], Row(status))],
            "deal": [],
            "campaign": [],
        }

    def take(self, act: str, noun: str, place: int, status: Any) -> None:
        """Do a step on both sides; they must agree on whether it could be done."""
        within = {"deal": "partner", "campaign": "deal"}[noun] if act == "add" else noun
        known = self.rows[within]
        if known:
            number, row = known[place % len(known)]
            getattr(self, act)(noun, number, row, status)

    def change(self, noun: str, number: str, row: Row, status: str) -> None:
        answer = self.hood.patch(f"/{noun}s/{number}", status=status)
        assert (answer.status_code == 204) == row.change(status)

    def archive(self, noun: str, number: str, row: Row, _status: None) -> None:
        assert (self.hood.archive(f"/{noun}s/{number}").status_code == 204) == row.archive()

    def add(self, noun: str, number: str, row: Row, status: str) -> None:
        upper_id = {"deal": "partner_id", "campaign": "deal_id"}[noun]
        sent = {**self.hood.sample(noun), upper_id: number, "status": status}
        answer = self.hood.send("POST", f"/{noun}s", sent)
        assert (answer.status_code == 201) == row.add(status)
        if answer.status_code == 201:
            self.rows[noun].append((answer.json()["id"], row.rows[-1]))
            assert answer.json()["effective_status"] == row.rows[-1].effective

    def check(self) -> None:
        for noun, model in (("partner", Partner), ("deal", Deal), ("campaign", Campaign)):
            found = {
                str(row.pk): (row.status, getattr(row, "effective_status", row.status), row.archived)
                for row in model.objects.all()
            }
            for number, row in self.rows[noun]:
                assert found[number] == (row.own, row.effective, row.archived)


@EXAMPLES
@given(status=upper, history=st.lists(steps, max_size=25))
def test_what_is_in_effect_follows_from_the_statuses_alone(hood: Hood, status: str, history: list[Any]) -> None:
    world = World(hood, status)
    for step in history:
        world.take(*step)
        world.check()


def grow(partner_id: str, campaigns: int) -> None:
    """Give a partner a deal for every ten campaigns."""
    deals = Deal.objects.bulk_create(
        Deal(partner_id=partner_id, name="D", base_price=1, clickthrough=True, effective_status="active")
        for _ in range(campaigns // 10)
    )
    Campaign.objects.bulk_create(
        Campaign(deal=deals[number % len(deals)], name="C", effective_status="active") for number in range(campaigns)
    )


def statements_of_a_suspension(hood: Hood, campaigns: int) -> int:
    partner = hood.create("partner", name=f"Partner {next(numbers)}")
    grow(partner["id"], campaigns)
    with statements() as found:
        hood.change(f"/partners/{partner['id']}", status="suspended")
    reached = Campaign.objects.filter(deal__partner=partner["id"], effective_status="suspended")
    assert reached.count() == campaigns
    return len(found)


def test_cascade_costs_the_same_statements_however_much_it_reaches(hood: Hood) -> None:
    statements_of_a_suspension(hood, 10)
    assert statements_of_a_suspension(hood, 10) == statements_of_a_suspension(hood, 10_000) <= 10


def test_cascade_writes_no_index(hood: Hood) -> None:
    statements_of_a_suspension(hood, 1_000)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_xact_user_tables WHERE relname = 'partners_campaign'"
        )
        written, beside_the_old = cursor.fetchone()
    assert written == 1_000
    assert beside_the_old > 900


def test_reactivating_a_partner_does_not_wake_what_was_inactive_itself(hood: Hood, partner: dict[str, Any]) -> None:
    path = f"/partners/{partner['id']}"
    idle = hood.create("deal", partner_id=partner["id"], status="inactive")
    used = hood.create("deal", partner_id=partner["id"])
    hood.change(path, status="terminated")
    assert {deal["effective_status"] for deal in hood.items("/deals")} == {"terminated"}
    hood.change(path, status="active")
    found = {deal["id"]: (deal["status"], deal["effective_status"]) for deal in hood.items("/deals")}
    assert found == {idle["id"]: ("inactive", "inactive"), used["id"]: ("active", "active")}


def test_cascade_leaves_the_time_of_what_it_does_not_reach(hood: Hood, partner: dict[str, Any]) -> None:
    idle = hood.create("deal", partner_id=partner["id"], status="inactive")
    elsewhere = hood.create("deal", partner_id=hood.create("partner", name="Elsewhere")["id"])
    reached = hood.create("deal", partner_id=partner["id"])
    Deal.objects.update(update_time="2020-01-01 00:00:00Z")
    hood.change(f"/partners/{partner['id']}", status="inactive")
    changed = set(hood.ids("/deals?update_time=gt:2020-01-02"))
    assert changed == {reached["id"]}
    assert {idle["id"], elsewhere["id"]}.isdisjoint(changed)


@pytest.mark.parametrize("step", ["change", "archive"])
def test_cascade_has_more_time_than_other_statements(hood: Hood, partner: dict[str, Any], step: str) -> None:
    path = f"/partners/{partner['id']}"
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '8s'")
        if step == "change":
            hood.change(path, status="inactive")
        else:
            hood.archive(path)
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("1min",)
