"""Held deletes in the admin: shown by entity, and released or refused by a person."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from sync.models import Delivery, Lane, State
from sync.operating import held
from tests.audit import deeds
from tests.conftest import operator
from tests.sync.factories import make_delivery
from tests.sync.writes import DATABASE, side_by_side, states

pytestmark = DATABASE
LIST = "/admin/sync/delivery/held/"
RELEASE, REFUSE = f"{LIST}release/", f"{LIST}refuse/"
JSON = {"HTTP_ACCEPT": "application/json"}


def make_held(count: int, entity: str = "product") -> list[Delivery]:
    return [
        make_delivery(entity=entity, record_key=f"{entity}-{number}", state=State.HELD, method="DELETE")
        for number in range(count)
    ]


def answer(browser: Browser, url: str, entity: str = "product", **more: Any) -> Any:
    """Confirm what the page asks, as its form has it."""
    form = browser.get(url, {"entity": entity}).context["form"]
    return browser.post(url, {"entity": entity, "upto": form["upto"].value(), **more}, follow=True)


def told(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def test_list_tells_number_and_examples_by_entity(admin_client: Browser) -> None:
    make_held(2)
    make_held(1, "order")
    lines = admin_client.get(LIST).context["lines"]
    assert [(line["entity"], [key for key, _ in line["examples"]]) for line in lines] == [
        ("order", ["order-0"]),
        ("product", ["product-0", "product-1"]),
    ]


def test_list_takes_as_many_queries_for_many_as_for_one(admin_client: Browser) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            admin_client.get(LIST)
        return len(captured)

    make_held(1)
    queries()
    few = queries()
    make_held(20, "order")
    assert queries() == few


def test_all_of_an_entity_are_released(admin_client: Browser) -> None:
    make_held(3)
    make_held(1, "order")
    assert told(answer(admin_client, RELEASE)) == ["3 released."]
    assert (states(entity="product"), states(entity="order")) == (["accepted"] * 3, ["held"])


def test_all_of_an_entity_are_refused_for_a_reason(admin_client: Browser) -> None:
    make_held(2)
    assert told(answer(admin_client, REFUSE, reason="A slip")) == ["2 refused."]
    assert states() == ["rejected"] * 2


def test_refusal_without_a_reason_does_nothing_and_says_so(admin_client: Browser) -> None:
    make_held(2)
    page = answer(admin_client, REFUSE, reason="")
    assert page.context["form"].errors["reason"] == ["Say why: no delete is refused without a reason."]
    assert (page.context["count"], states()) == ("2", ["held"] * 2)


def test_step_tells_how_far_it_is(admin_client: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "AT_ONCE", 2)
    monkeypatch.setattr("sync.admin.held_deletes.SLICE", 0)
    make_held(5)
    body = {"entity": "product", "upto": held.newest()}
    steps = [admin_client.post(RELEASE, body, **JSON).json() for _ in range(3)]
    assert [(step["done"], step["left"]) for step in steps] == [(2, 3), (2, 1), (1, 0)]


@pytest.mark.parametrize("chosen", ["all", "ticked"])
def test_step_that_finds_workers_at_them_says_that_they_are_still_held(admin_client: Browser, chosen: str) -> None:
    numbers = ",".join(str(row.pk) for row in make_held(2))
    body = {"entity": "product", "upto": held.newest()} if chosen == "all" else {"deliveries": numbers}

    def impatient() -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
        return admin_client.post(RELEASE, body, **JSON).json()

    with transaction.atomic():
        list(Lane.objects.select_for_update())
        ((done, left),) = [(step["done"], step["left"]) for step in side_by_side(impatient)]
    assert (done, left, states()) == (0, 2, ["held"] * 2)
    assert told(admin_client.get(LIST)) == ["2 are still held: do it again."]


def test_each_batch_has_a_line_in_the_log_without_any_key(admin_client: Browser) -> None:
    first, second = make_held(2)
    answer(admin_client, RELEASE)
    entry = deeds().get()
    assert entry.message == f"Released 2 held deletes of product: {first.pk} to {second.pk}."


def test_some_are_ticked_in_the_list(admin_client: Browser) -> None:
    rows = make_held(3)
    ticked = {"action": "release_selected", "_selected_action": [rows[0].pk, rows[2].pk]}
    page = admin_client.post("/admin/sync/delivery/?since=any", ticked)
    assert page.context["count"] == "2"
    deliveries = page.context["form"]["deliveries"].value()
    assert told(admin_client.post(RELEASE, {"deliveries": deliveries}, follow=True)) == ["2 released."]
    assert states() == ["accepted", "held", "accepted"]


def test_page_of_a_held_delivery_offers_both(admin_client: Browser) -> None:
    (delivery,) = make_held(1)
    page = admin_client.get(f"/admin/sync/delivery/{delivery.pk}/change/").content.decode()
    assert f"{RELEASE}?deliveries={delivery.pk}" in page
    assert f"{REFUSE}?deliveries={delivery.pk}" in page


@pytest.mark.parametrize(
    "fields",
    [{}, {"entity": "product", "upto": "x"}, {"deliveries": "x,9" + "9" * 30}, {"entity": "product", "upto": 2**64}],
    ids=["nothing", "no number", "no numbers", "too high"],
)
def test_nonsense_releases_nothing(admin_client: Browser, fields: dict[str, Any]) -> None:
    make_held(1)
    assert admin_client.post(RELEASE, fields).status_code in {200, 302}
    assert states() == ["held"]


def test_viewer_may_only_look() -> None:
    browser = operator("view_delivery")
    make_held(1)
    assert "Release all" not in browser.get(LIST).content.decode()
    assert browser.post(RELEASE, {"entity": "product", "upto": 10}).status_code == 403
    assert states() == ["held"]


def test_other_decisions_than_those_lead_back(admin_client: Browser) -> None:
    assert admin_client.get(f"{LIST}forget/", follow=True).redirect_chain == [(LIST, 302)]
