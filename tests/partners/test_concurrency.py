"""Requests at the same moment: both changes hold, a name is taken once, and what is in effect never goes astray."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from django.db import connections, transaction

from partners import locked
from partners.models import Campaign, Deal, Partner
from tests.partners.hood import Hood, faults

pytestmark = pytest.mark.django_db(transaction=True)
Row = dict[str, Any]
Request = Callable[[], Any]


def at_once(*requests: Request) -> list[Any]:
    """Send requests at the same moment, each from a connection of its own."""

    def sent(request: Request) -> Any:
        try:
            return request()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(requests)) as threads:
        return list(threads.map(sent, requests))


def statuses(answers: list[Any]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


def test_changes_of_different_fields_both_hold(hood: Hood, partner: Row) -> None:
    path = f"/partners/{partner['id']}"
    for number in range(10):
        fields = {"name": f"Name {number}", "description": f"Text {number}", "contact": {"phone": str(number)}}
        answers = at_once(*(partial(hood.patch, path, **{name: value}) for name, value in fields.items()))
        assert statuses(answers) == [204, 204, 204]
        found = hood.item(path)
        assert (found["name"], found["description"]) == (fields["name"], fields["description"])
        assert found["contact"]["phone"] == str(number)


def test_parts_of_a_group_at_the_same_moment_both_hold(hood: Hood, partner: Row) -> None:
    path = f"/partners/{partner['id']}"
    address = {"street": "1", "city": "2", "post_code": "3", "country": "DE"}
    hood.change(path, billing_address=address)
    parts: list[Row] = [{name: f"new {name}"} for name in ("street", "city", "post_code")]
    at_once(*(partial(hood.patch, path, billing_address=part) for part in parts))
    assert hood.item(path)["billing_address"] == {**address, **parts[0], **parts[1], **parts[2]}


def test_name_is_taken_by_one_of_those_who_ask_at_once(hood: Hood) -> None:
    for number in range(5):
        sent = {**hood.sample("partner"), "name": f"Name {number}"}
        answers = at_once(*[partial(hood.send, "POST", "/partners", sent)] * 4)
        assert statuses(answers) == [201, 400, 400, 400]
        refused = [answer for answer in answers if answer.status_code == 400]
        assert all(faults(answer) == {"name": "taken"} for answer in refused)


def test_what_is_in_effect_follows_whoever_comes_first(hood: Hood, partner: Row, deal: Row, campaign: Row) -> None:
    for number in range(8):
        upper = ("active", "suspended")[number % 2]
        own = ("inactive", "active")[number // 2 % 2]
        answers = at_once(
            partial(hood.patch, f"/partners/{partner['id']}", status=upper),
            partial(hood.patch, f"/deals/{deal['id']}", status=own),
            partial(hood.send, "POST", "/deals", {**hood.sample("deal"), "partner_id": partner["id"]}),
            partial(hood.send, "POST", "/campaigns", {**hood.sample("campaign"), "deal_id": deal["id"]}),
        )
        assert statuses(answers) == [201, 201, 204, 204]
        assert_settled()


def assert_settled() -> None:
    """See that every deal and campaign has in effect what the statuses above it and its own make of it."""
    for deal in Deal.objects.select_related("partner"):
        assert deal.effective_status == (deal.status if deal.partner.status == "active" else deal.partner.status)
    for campaign in Campaign.objects.select_related("deal"):
        upper = campaign.deal.effective_status
        assert campaign.effective_status == (campaign.status if upper == "active" else upper)


def test_change_holds_the_lock_of_its_partner(hood: Hood, partner: Row, campaign: Row) -> None:
    """The lock by itself, so that taking it away shows without a race."""
    for lock, number in ((locked.partner, partner["id"]), (locked.campaign, campaign["id"])):
        with transaction.atomic():
            lock(hood.company.pk, number)
            assert at_once(lambda: is_locked(partner["id"])) == [True]


def is_locked(number: str) -> bool:
    with transaction.atomic():
        free = Partner.objects.filter(pk=number).select_for_update(skip_locked=True, no_key=True)
        return not free.exists()
