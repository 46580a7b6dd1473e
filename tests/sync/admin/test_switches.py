"""How each entity takes writes, switched in the admin."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from entities.schema import schemas
from sync.delivery import modes
from sync.models import Switch
from tests.audit import deeds
from tests.conftest import Dsync, operator
from tests.sync.writes import DATABASE

pytestmark = DATABASE
LIST = "/admin/sync/switch/"
ADD = f"{LIST}add/"


def switch(browser: Browser, entity: str = "product", mode: str = "refuse") -> Any:
    return browser.post(ADD, {"entity": entity, "mode": mode}, follow=True)


def lines(browser: Browser) -> dict[str, dict[str, Any]]:
    return {line["entity"]: line for line in browser.get(LIST).context["lines"]}


def test_list_shows_every_entity_with_its_declared_mode(admin_client: Browser) -> None:
    shown = lines(admin_client)
    assert list(shown) == list(schemas())
    assert ">inline</span>" in shown["product"]["declared"]
    assert shown["product"]["url"] == f"{ADD}?entity=product"


def test_list_shows_the_switched_mode_and_who_switched_it(admin_client: Browser) -> None:
    switch(admin_client)
    line = lines(admin_client)["product"]
    assert ">refuse</span>" in line["switched"]
    assert line["who"] == "admin"
    assert line["when"].startswith("20")
    assert line["url"] == f"{LIST}{Switch.objects.get().pk}/change/"


def test_list_shows_who_was_last(admin_client: Browser) -> None:
    switch(admin_client)
    browser = operator("view_switch", "change_switch")
    browser.post(f"{LIST}{Switch.objects.get().pk}/change/", {"mode": "deferred"})
    assert lines(browser)["product"]["who"] == "operator"


def test_list_shows_a_switch_whose_entity_is_gone(admin_client: Browser) -> None:
    Switch.objects.create(entity="gone", mode="refuse")
    line = lines(admin_client)["gone"]
    assert (line["is_gone"], line["who"]) == (True, '<span class="edge-nothing">-</span>')
    assert "no such entity any more" in admin_client.get(LIST).content.decode()


def test_list_takes_as_many_queries_for_all_switched_as_for_one(admin_client: Browser) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            lines(admin_client)
        return len(captured)

    switch(admin_client)
    lines(admin_client)
    few = queries()
    for entity in [*schemas()][:5]:
        switch(admin_client, entity)
    assert queries() == few <= 6


def test_switch_is_effective_at_once_here(admin_client: Browser, dsync: Dsync) -> None:
    assert dsync.post("product", {"sku": "a"}).status_code == 201
    switch(admin_client)
    assert dsync.post("product", {"sku": "b"}).status_code == 503
    assert dsync.items("product").status_code == 200
    assert deeds().get().label == "product: refuse"


def test_change_is_effective_at_once_here(admin_client: Browser, dsync: Dsync) -> None:
    switch(admin_client)
    assert modes.switches()["product"].mode == "refuse"
    admin_client.post(f"{LIST}{Switch.objects.get().pk}/change/", {"mode": "deferred"})
    assert dsync.post("product", {"sku": "a"}).status_code == 202


def test_deleted_switch_leaves_what_is_declared(admin_client: Browser, dsync: Dsync) -> None:
    switch(admin_client)
    assert modes.switches()["product"].mode == "refuse"
    admin_client.post(f"{LIST}{Switch.objects.get().pk}/delete/", {"post": "yes"})
    assert dsync.post("product", {"sku": "a"}).status_code == 201
    assert not Switch.objects.exists()


@pytest.mark.parametrize(
    ("entity", "mode", "field"), [("nothing", "refuse", "entity"), ("product", "off", "mode"), ("", "refuse", "entity")]
)
def test_only_entities_and_modes_that_exist_can_be_chosen(
    admin_client: Browser, entity: str, mode: str, field: str
) -> None:
    answer = switch(admin_client, entity, mode)
    assert list(answer.context["adminform"].form.errors) == [field]
    assert not Switch.objects.exists()


def test_entity_has_one_switch(admin_client: Browser) -> None:
    switch(admin_client)
    assert "entity" in switch(admin_client, mode="inline").context["adminform"].form.errors
    offered = admin_client.get(ADD).context["adminform"].form.fields["entity"].choices
    assert [name for name, _ in offered] == [name for name in schemas() if name != "product"]


def test_entity_of_a_switch_cannot_be_changed(admin_client: Browser) -> None:
    switch(admin_client)
    number = Switch.objects.get().pk
    admin_client.post(f"{LIST}{number}/change/", {"entity": "order", "mode": "inline"})
    assert [(row.entity, row.mode) for row in Switch.objects.all()] == [("product", "inline")]


def test_page_of_a_switch_shows_the_declared_mode(admin_client: Browser) -> None:
    switch(admin_client)
    content = admin_client.get(f"{LIST}{Switch.objects.get().pk}/change/").content.decode()
    assert ">inline</span>" in content


def test_entity_is_chosen_beforehand_where_the_list_leads(admin_client: Browser) -> None:
    assert admin_client.get(f"{ADD}?entity=order").context["adminform"].form["entity"].value() == "order"


def test_viewer_may_only_look() -> None:
    browser = operator("view_switch")
    Switch.objects.create(entity="order", mode="refuse")
    assert {line["url"] for line in lines(browser).values()} == {""}
    assert switch(browser).status_code == 403
    number = Switch.objects.get().pk
    assert browser.post(f"{LIST}{number}/change/", {"mode": "inline"}).status_code == 403
    assert browser.post(f"{LIST}{number}/delete/", {"post": "yes"}).status_code == 403


def test_list_is_refused_without_permission() -> None:
    assert operator("view_delivery").get(LIST).status_code == 403
