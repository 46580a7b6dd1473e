"""Asking for a sweep in the admin, and watching it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client as Browser

from sync.models import Delivery, Sweep
from sync.models.delivery import State
from sync.operating import sweeping
from tests.audit import deeds
from tests.conftest import operator
from tests.sync.writes import DATABASE, accept, dead, states

pytestmark = DATABASE
GROUPS = "/admin/sync/delivery/dead/"
GROUP = {"entity": "product", "reason": "LookupError"}
SWEEPS = "/admin/sync/sweep/"


def asked(browser: Browser, act: str = "replay", **more: Any) -> Any:
    return browser.post(f"{GROUPS}{act}/", {**GROUP, **more})


def test_replay_of_a_group_leads_to_its_progress(admin_client: Browser) -> None:
    dead()
    address = asked(admin_client)["Location"]
    answer = admin_client.get(address)
    assert (states(), answer["Refresh"]) == ([State.DEAD], "3")
    assert sweeping.run(20)
    answer = admin_client.get(address)
    assert (states(), answer.has_header("Refresh")) == ([State.ACCEPTED], False)
    assert 'value="100"' in answer.content.decode()


def test_second_who_presses_is_led_to_the_same_sweep(admin_client: Browser) -> None:
    dead()
    first = asked(admin_client)["Location"]
    answer = admin_client.post(f"{GROUPS}skip-all/", {**GROUP, "note": "old"}, follow=True)
    assert answer.redirect_chain[-1][0] == first
    assert "being replayed already" in str(*answer.context["messages"])
    assert Sweep.objects.count() == 1


@pytest.mark.parametrize(("note", "error"), [("", "Say why"), ("x" * 201, "this one has 201")])
def test_skip_of_a_group_needs_a_reason(admin_client: Browser, note: str, error: str) -> None:
    dead()
    assert error in asked(admin_client, "skip-all", note=note).context["form"].errors["note"][0]
    assert not Sweep.objects.exists()


def test_skip_of_a_group_keeps_the_reason(admin_client: Browser) -> None:
    dead()
    asked(admin_client, "skip-all", note="a duplicate")
    assert sweeping.run(20)
    assert list(Delivery.objects.values_list("state", "reason")) == [(State.SKIPPED, "a duplicate")]


def test_sweep_is_cancelled_from_its_page(admin_client: Browser) -> None:
    dead()
    address = asked(admin_client)["Location"]
    answer = admin_client.post(address.replace("change", "cancel"), follow=True)
    assert "It is cancelled" in str(*answer.context["messages"])
    assert sweeping.run(20)
    assert states() == [State.DEAD]


def test_groups_lead_to_the_sweep_that_is_under_way(admin_client: Browser) -> None:
    dead()
    address = asked(admin_client)["Location"]
    content = admin_client.get(GROUPS).content.decode()
    assert address in content
    assert "Replay all" not in content


def test_who_asked_for_a_sweep_is_in_the_log(admin_client: Browser) -> None:
    dead()
    asked(admin_client)
    assert list(deeds().values_list("who", "message")) == [("admin", "Has all that are dead replayed.")]


def test_viewer_sees_a_sweep_and_cannot_end_it(admin_client: Browser) -> None:
    dead()
    address, viewer = asked(admin_client)["Location"], operator("view_delivery")
    assert "Cancel it" not in viewer.get(address).content.decode()
    assert viewer.get(SWEEPS).status_code == 200
    assert viewer.post(address.replace("change", "cancel")).status_code == 403
    assert Sweep.objects.running().exists()


def test_sweeps_are_hidden_from_who_may_not_see_deliveries() -> None:
    assert operator("view_job").get(SWEEPS).status_code == 403


# Exports


def exported(browser: Browser, kind: str) -> tuple[Any, str]:
    answer = browser.get(f"{GROUPS}export/", {**GROUP, "kind": kind})
    return answer, b"".join(answer).decode()


def test_export_asks_for_the_kind_of_file(admin_client: Browser) -> None:
    assert "JSON lines" in admin_client.get(f"{GROUPS}export/", GROUP).content.decode()


def test_export_as_lines_has_bodies_as_they_came(admin_client: Browser) -> None:
    first, second = dead(key="a", body={"price": 1}), dead(key="=b")
    Delivery.objects.filter(pk=second.pk).update(body=b"\xff", errors=[{"treekey": "product.price"}])
    dead(key="c", reason="Other")
    answer, content = exported(admin_client, "jsonl")
    lines = [json.loads(line) for line in content.splitlines()]
    assert [line["id"] for line in lines] == [first.pk, second.pk]
    assert [line["body"] for line in lines] == ['{"sku":"a","price":1}', {"base64": "/w=="}]
    assert (lines[1]["record_key"], lines[1]["errors"]) == ("=b", [{"treekey": "product.price"}])
    assert "dead-product-" in answer["Content-Disposition"]


def test_export_as_csv_has_no_formulas(admin_client: Browser) -> None:
    dead(key="=1+1")
    _, content = exported(admin_client, "csv")
    header, line = content.splitlines()
    assert header.startswith("id,entity,record_key")
    assert ",product,'=1+1,POST,dead,LookupError," in line


@pytest.mark.parametrize("action", ["export_csv", "export_lines"])
def test_selected_deliveries_are_exported(admin_client: Browser, action: str) -> None:
    chosen, other = dead(key="chosen"), accept("POST", "other")
    given = {"action": action, "_selected_action": [chosen.pk]}
    content = b"".join(admin_client.post("/admin/sync/delivery/?since=any", given)).decode()
    assert "chosen" in content
    assert f"{other.pk}," not in content


def test_export_is_in_the_log(admin_client: Browser) -> None:
    dead()
    exported(admin_client, "csv")
    assert deeds().get().label == "product: LookupError"
