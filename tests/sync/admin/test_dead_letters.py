"""What a person does about dead deliveries in the admin."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sync.admin import dead_groups, operations
from sync.models import Delivery, FollowUp
from sync.models.delivery import State
from sync.operating import dead_letters
from sync.operating.dead_groups import Group
from sync.operating.dead_letters import Busy
from tests.audit import deeds
from tests.conftest import operator
from tests.sync.writes import DATABASE, accept, dead, prices, product, run, states

pytestmark = DATABASE
LIST, GROUPS = "/admin/sync/delivery/", "/admin/sync/delivery/dead/"
SKIP, REPLAY_GROUP, SKIP_GROUP = f"{GROUPS}skip/", f"{GROUPS}replay/", f"{GROUPS}skip-all/"
EXPORT = f"{GROUPS}export/"
SCRIPT = "<script>alert(1)</script>"
DEAD, ACCEPTED, SKIPPED = State.DEAD, State.ACCEPTED, State.SKIPPED


@pytest.fixture
def viewer() -> Browser:
    return operator("view_delivery")


def page(delivery: Delivery, action: str = "change") -> str:
    return f"{LIST}{delivery.pk}/{action}/"


def shown(browser: Browser, address: str, **query: Any) -> str:
    answer = browser.get(address, query)
    assert answer.status_code == 200
    return answer.content.decode()


def told(browser: Browser, address: str, **given: Any) -> list[str]:
    """Post, and return the messages of the page that it leads to."""
    return [str(message) for message in browser.post(address, given, follow=True).context["messages"]]


def select(browser: Browser, action: str, *deliveries: Delivery, query: str = "?since=any") -> Any:
    ticked = [delivery.pk for delivery in deliveries]
    return browser.post(LIST + query, {"action": action, "_selected_action": ticked}, follow=True)


def entries() -> list[tuple[str, str]]:
    """Return what the admin's log has, of which row and saying what."""
    return list(deeds().values_list("subject_number", "message"))


# The groups


def test_groups_are_listed_with_their_numbers(admin_client: Browser) -> None:
    oldest = dead(key="a", reason="LookupError")
    dead(key="b", reason="LookupError")
    accept("PUT", "a", {})
    lines = admin_client.get(GROUPS).context["lines"]
    assert [(line["entity"], line["reason"], line["parked"]) for line in lines] == [("product", "LookupError", "1")]
    assert f">{oldest.pk}</a>" in lines[0]["oldest"]
    assert ">2</a>" in lines[0]["dead"]


def test_group_leads_to_exactly_its_deliveries(admin_client: Browser) -> None:
    found = dead(key="a", reason="Odd & <b>")
    dead(key="b", reason="Other")
    address = admin_client.get(GROUPS).context["lines"][0]["dead"].split('"')[1].replace("&amp;", "&")
    rows = admin_client.get(address).context["cl"].result_list
    assert list(rows) == [found]


def test_group_of_an_entity_that_is_gone_leads_to_its_deliveries(admin_client: Browser) -> None:
    found, _ = dead(key="a", reason="UnknownEntity"), dead(key="b", reason="UnknownEntity")
    Delivery.objects.filter(pk=found.pk).update(entity="gone")
    rows = admin_client.get(dead_groups.list_url("gone", "UnknownEntity")).context["cl"].result_list
    assert list(rows) == [found]


@pytest.mark.parametrize(
    "query", ["?entity=%00", "?reason=%00", "?reason=", "?reason=nothing&since=any", "?reason=a&reason=b"]
)
def test_list_takes_any_reason(admin_client: Browser, query: str) -> None:
    assert admin_client.get(LIST + query).status_code == 200


def test_groups_take_as_many_queries_for_12_as_for_2(admin_client: Browser) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            shown(admin_client, GROUPS)
        return len(captured)

    for number in range(2):
        dead(key=str(number), reason=f"Reason{number}")
    few = queries()
    for number in range(2, 12):
        dead(key=str(number), reason=f"Reason{number}")
    assert queries() == few <= 6


def test_numbers_of_a_large_group_tell_where_they_end() -> None:
    line = dead_groups.line(Group("product", "A", 10_001, 12, 1, timezone.now()))
    assert ">more than 10,000</a>" in line["dead"]
    assert line["parked"] == "12 of the oldest 1,000"


def test_replay_of_a_group_is_asked_first(admin_client: Browser) -> None:
    dead()
    assert "Replay them" in shown(admin_client, REPLAY_GROUP, entity="product", reason="LookupError")
    assert states() == [DEAD]


@pytest.mark.parametrize("given", [{}, {"entity": "a\0"}, {"entity": "product", "reason": "\0"}])
def test_replay_of_no_group_leads_back(admin_client: Browser, given: dict[str, str]) -> None:
    assert admin_client.get(REPLAY_GROUP, given)["Location"] == GROUPS
    assert admin_client.post(REPLAY_GROUP, given)["Location"] == GROUPS


def test_sidebar_counts_the_dead(admin_client: Browser) -> None:
    dead()
    navigation = admin_client.get("/admin/").context["sidebar_navigation"]
    links = {item["title"]: item for section in navigation for item in section["items"]}
    assert (links["Dead letters"]["link"], links["Dead letters"]["badge"]) == (GROUPS, "1")


def test_sidebar_has_no_badge_where_nothing_is_dead(admin_client: Browser) -> None:
    navigation = admin_client.get("/admin/").context["sidebar_navigation"]
    assert all("badge" not in item for section in navigation for item in section["items"])


def test_sidebar_marks_the_page_that_is_open(admin_client: Browser) -> None:
    for address, title in [(GROUPS, "Dead letters"), (LIST, "Deliveries"), (SKIP, "Dead letters")]:
        navigation = admin_client.get(address).context["sidebar_navigation"]
        assert [item["title"] for section in navigation for item in section["items"] if item["active"]] == [title]


# The page of a delivery


def test_page_of_a_dead_delivery_shows_why_and_what_waits(admin_client: Browser) -> None:
    delivery = dead(reason="LookupError")
    accept("PUT", "a", {})
    accept("PUT", "a", {})
    accept("PUT", "b", {})
    content = shown(admin_client, page(delivery))
    assert "LookupError" in content
    assert ">2</a></dd>" in content


def test_page_of_another_delivery_has_no_buttons(admin_client: Browser) -> None:
    content = shown(admin_client, page(accept("POST", "a")))
    assert "Dry run" not in content


def test_delivery_is_replayed_from_its_page(admin_client: Browser) -> None:
    delivery = dead()
    assert told(admin_client, page(delivery, "replay")) == [f"Delivery {delivery.pk} replayed."]
    run()
    assert states() == [State.APPLIED]


@pytest.mark.parametrize("action", ["replay", "dry-run", "edit"])
def test_page_says_that_the_delivery_is_not_dead_any_more(admin_client: Browser, action: str) -> None:
    delivery = dead()
    dead_letters.skip(delivery, "meanwhile")
    expected = "Nothing was done: the delivery is not dead any more, it is skipped."
    assert told(admin_client, page(delivery, action), body='{"sku": "a"}') == [expected]
    assert entries() == []


def test_body_of_what_is_not_dead_is_not_offered(admin_client: Browser) -> None:
    delivery = accept("POST", "a")
    assert admin_client.get(page(delivery, "edit"))["Location"] == page(delivery)
    assert admin_client.post(page(delivery, "edit"), {"body": "{"})["Location"] == page(delivery)


def test_edit_says_that_the_delivery_was_replayed_meanwhile(admin_client: Browser, monkeypatch: Any) -> None:
    delivery = dead()

    def too_late(delivery: Delivery, body: bytes) -> bool:
        return not delivery.replay()

    monkeypatch.setattr("sync.operating.dead_letters.edit", too_late)
    assert "is accepted" in told(admin_client, page(delivery, "edit"), body='{"sku": "a"}')[0]


@pytest.mark.parametrize("action", ["replay", "dry-run"])
def test_page_says_that_a_worker_is_at_the_delivery(admin_client: Browser, monkeypatch: Any, action: str) -> None:
    delivery = dead()

    def busy(_lane: int) -> None:
        raise Busy

    monkeypatch.setattr("sync.operating.dead_letters.lock", busy)
    assert told(admin_client, page(delivery, action)) == [
        "Nothing was done: a worker has its lane in hand; do it again in a moment."
    ]
    assert states() == [DEAD]


def test_dry_run_tells_that_it_would_be_applied_and_leaves_nothing(admin_client: Browser) -> None:
    content = admin_client.post(page(dead(), "dry-run")).content.decode()
    assert "It would be applied." in content
    assert (states(), product("a"), FollowUp.objects.count(), entries()) == ([DEAD], None, 0, [])


def test_dry_run_shows_what_would_change(admin_client: Browser) -> None:
    accept("POST", "a", {"name": "old", "inventory": {"qty": 7}})
    run()
    content = admin_client.post(page(dead("PUT", "a", {"inventory": {"qty": 8}}), "dry-run")).content.decode()
    assert "would change" in content
    assert "<td>inventory.qty</td><td>7</td><td>8</td>" in content
    assert "<td>name</td>" not in content


def test_dry_run_says_that_nothing_would_change(admin_client: Browser) -> None:
    accept("POST", "a", {"name": "old"})
    run()
    content = admin_client.post(page(dead("PUT", "a", {"name": "old"}), "dry-run")).content.decode()
    assert "nothing would change" in content


def test_dry_run_lists_every_fault(admin_client: Browser) -> None:
    delivery = dead(body={"price": 1})
    Delivery.objects.update(body=b'{"sku": "a", "price": "x", "name": 1}')
    content = admin_client.post(page(delivery, "dry-run")).content.decode()
    assert "It would be rejected" in content
    assert "product.price" in content
    assert "product.name" in content


def test_dry_run_names_what_fails_and_no_more(admin_client: Browser, receive: Any) -> None:
    @receive
    def refuse(**_: Any) -> None:
        raise LookupError("secret")

    content = admin_client.post(page(dead(), "dry-run")).content.decode()
    assert "LookupError" in content
    assert "secret" not in content


def test_edit_offers_the_body_in_force_beside_the_original(admin_client: Browser) -> None:
    delivery = dead(body={"price": 1})
    assert dead_letters.edit(delivery, b'{"sku": "a", "price": 2.50}')
    answer = admin_client.get(page(delivery, "edit"))
    assert '"price": 2.50' in answer.context["form"]["body"].value()
    assert "&quot;price&quot;: 1" in answer.context["original"]


def test_edited_body_is_kept_and_applied_by_a_replay(admin_client: Browser) -> None:
    delivery = dead(body={"price": 1})
    assert told(admin_client, page(delivery, "edit"), body='{"sku": "a",\r\n "price": 2}') == [
        f"Delivery {delivery.pk} edited."
    ]
    delivery.refresh_from_db()
    assert (delivery.body_in_force, bytes(delivery.body)) == (b'{"sku": "a",\n "price": 2}', b'{"sku":"a","price":1}')
    assert "&quot;price&quot;: 2" in shown(admin_client, page(delivery))
    told(admin_client, page(delivery, "replay"))
    run()
    assert prices("a") == [2]


def test_edit_lists_every_fault_and_keeps_what_was_typed(admin_client: Browser) -> None:
    delivery = dead()
    typed = f'{{"sku": "b", "price": "{SCRIPT}", "name": 1}}'
    answer = admin_client.post(page(delivery, "edit"), {"body": typed})
    content = answer.content.decode()
    assert all(treekey in content for treekey in ("product.price", "product.name", "product.sku"))
    assert answer.context["form"]["body"].value() == typed
    assert SCRIPT not in content
    delivery.refresh_from_db()
    assert delivery.edited_body is None


@pytest.mark.parametrize(("method", "body"), [("POST", '{"sku": "b"}'), ("PUT", '{"sku": "b"}'), ("PUT", "")])
def test_body_is_not_edited_into_another_records_or_into_nothing(admin_client: Browser, method: str, body: str) -> None:
    delivery = dead(method)
    assert admin_client.post(page(delivery, "edit"), {"body": body}).context["faults"]
    delivery.refresh_from_db()
    assert delivery.edited_body is None


def test_empty_body_of_a_delete_is_right(admin_client: Browser) -> None:
    delivery = dead("DELETE")
    assert told(admin_client, page(delivery, "edit"), body="") == [f"Delivery {delivery.pk} edited."]


def test_bytes_that_are_no_text_must_be_replaced(admin_client: Browser) -> None:
    delivery = dead()
    Delivery.objects.update(body=b'{"sku": "a", "name": "Gr\xf6\xdfe"}')
    offered = admin_client.get(page(delivery, "edit")).context["form"]
    assert "Gr\ufffd\ufffde" in offered["body"].value()
    answer = admin_client.post(page(delivery, "edit"), {"body": offered["body"].value()})
    assert "There is still a \ufffd" in answer.context["form"].errors["body"][0]
    assert told(admin_client, page(delivery, "edit"), body='{"sku": "a", "name": "Größe"}')[0].endswith("edited.")


def test_long_body_is_offered_as_it_came_and_taken_back(admin_client: Browser) -> None:
    delivery = dead(body={"hues": [1] * 200_000})
    offered = admin_client.get(page(delivery, "edit")).context["form"]["body"].value()
    assert offered.encode() == bytes(delivery.body)
    assert told(admin_client, page(delivery, "edit"), body=offered) == [f"Delivery {delivery.pk} edited."]


def test_body_with_a_nul_is_refused(admin_client: Browser) -> None:
    answer = admin_client.post(page(dead(), "edit"), {"body": '{"sku": "a\0"}'})
    assert answer.context["form"].errors["body"]


# Skipping


def test_skip_keeps_the_reason_and_lets_the_record_go_on(admin_client: Browser) -> None:
    delivery = dead()
    accept("POST", "a", {"price": 2})
    given = {"deliveries": delivery.pk, "reason": " a duplicate "}
    assert told(admin_client, SKIP, **given) == ["1 skipped."]
    run()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.reason, prices("a")) == (SKIPPED, "a duplicate", [2])


@pytest.mark.parametrize(
    ("reason", "error"), [("", "Say why"), ("  ", "Say why"), ("x" * 201, "up to 200 characters; this one has 201")]
)
def test_skip_says_what_is_wrong_with_a_reason(admin_client: Browser, reason: str, error: str) -> None:
    answer = admin_client.post(SKIP, {"deliveries": dead().pk, "reason": reason})
    assert error in answer.context["form"].errors["reason"][0]
    assert states() == [DEAD]


def test_skip_is_not_done_by_a_link(admin_client: Browser) -> None:
    assert "Skip 1" in shown(admin_client, SKIP, deliveries=dead().pk, reason="x")
    assert states() == [DEAD]


@pytest.mark.parametrize("deliveries", ["", "x", "1e3", "9" * 30, "²", "-1", "0,,"])
def test_skip_of_nothing_says_so(admin_client: Browser, deliveries: str) -> None:
    assert "No delivery was chosen" in shown(admin_client, SKIP, deliveries=deliveries)
    assert admin_client.post(SKIP, {"deliveries": deliveries, "reason": "x"}).status_code == 200


# The list


def test_selected_deliveries_are_replayed_and_counted(admin_client: Browser) -> None:
    chosen = [dead(key=key) for key in "abc"]
    other = accept("POST", "d")
    answer = select(admin_client, "replay_selected", *chosen, other)
    assert [str(message) for message in answer.context["messages"]] == ["3 replayed, 1 was not dead."]


def test_selected_delivery_that_left_the_filter_is_counted(admin_client: Browser) -> None:
    delivery = dead()
    dead_letters.replay(delivery)
    answer = select(admin_client, "replay_selected", delivery, query="?since=any&state=dead")
    assert [str(message) for message in answer.context["messages"]] == ["0 replayed, 1 was not dead."]


def test_selected_deliveries_are_skipped_after_a_reason(admin_client: Browser) -> None:
    chosen = [dead(key=key) for key in "ab"]
    form = select(admin_client, "skip_selected", *chosen).context["form"]
    assert states() == [DEAD, DEAD]
    assert told(admin_client, SKIP, **form.initial, reason="old") == ["2 skipped."]
    assert states() == [SKIPPED, SKIPPED]


@pytest.mark.parametrize("action", ["replay_selected", "skip_selected"])
def test_too_many_selected_deliveries_are_left_alone(admin_client: Browser, monkeypatch: Any, action: str) -> None:
    monkeypatch.setattr(operations, "AT_ONCE", 2)
    answer = select(admin_client, action, *[dead(key=key) for key in "abc"])
    assert [str(message) for message in answer.context["messages"]] == [
        "Nothing was done: at most 2 are taken at once."
    ]
    assert states() == [DEAD] * 3


def test_deliveries_that_time_did_not_suffice_for_are_left_and_counted(admin_client: Browser, monkeypatch: Any) -> None:
    monkeypatch.setattr(operations, "SECONDS", -1)
    answer = select(admin_client, "replay_selected", dead())
    assert "1 left" in str(*answer.context["messages"])
    assert states() == [DEAD]


# Who may, and who did


def test_what_was_done_is_in_the_log_without_payload(admin_client: Browser) -> None:
    first, second = dead(key="a"), dead(key="b")
    told(admin_client, page(first, "edit"), body='{"sku": "a", "name": "payload"}')
    told(admin_client, page(first, "replay"))
    told(admin_client, SKIP, deliveries=second.pk, reason="payload")
    assert entries() == [
        (str(first.pk), "Edited the body."),
        (str(first.pk), "Replayed."),
        (str(second.pk), "Skipped."),
    ]
    assert f"{first.pk}/history/" in shown(admin_client, page(first))
    history = admin_client.get(page(first, "history"), follow=True).content.decode()
    assert "Edited the body." in history


def test_log_and_deed_are_one_commit(admin_client: Browser, monkeypatch: Any) -> None:
    def fail(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sync.admin.deliveries.DeliveryAdmin.log_change", fail)
    with pytest.raises(KeyboardInterrupt):
        admin_client.post(page(dead(), "replay"))
    assert states() == [DEAD]


def test_viewer_sees_and_is_offered_nothing_to_do(viewer: Browser) -> None:
    delivery = dead()
    for address in (page(delivery), GROUPS, LIST):
        content = shown(viewer, address)
        for offer in (
            "Dry run",
            "Edit body",
            "/replay/",
            "Replay all",
            "Skip all",
            "Export",
            "replay_selected",
            "skip/",
        ):
            assert offer not in content


@pytest.mark.parametrize("action", ["replay", "dry-run", "edit"])
def test_viewer_may_not_act_on_a_delivery(viewer: Browser, action: str) -> None:
    delivery = dead()
    assert viewer.post(page(delivery, action), {"body": '{"sku": "a"}'}).status_code == 403
    assert viewer.get(page(delivery, action)).status_code == 403
    assert states() == [DEAD]


@pytest.mark.parametrize("address", [SKIP, REPLAY_GROUP, SKIP_GROUP, EXPORT])
def test_viewer_may_not_act_on_many(viewer: Browser, address: str) -> None:
    given = {"deliveries": dead().pk, "reason": "LookupError", "entity": "product"}
    assert viewer.post(address, given).status_code == 403
    assert viewer.get(address, given).status_code == 403
    assert states() == [DEAD]


@pytest.mark.parametrize("action", ["replay_selected", "skip_selected"])
def test_viewer_may_not_act_on_selected_deliveries(viewer: Browser, action: str) -> None:
    select(viewer, action, dead())
    assert states() == [DEAD]


def test_operator_needs_no_more_than_two_permissions() -> None:
    delivery, browser = dead(), operator("view_delivery", "change_delivery")
    assert "Dry run" in shown(browser, page(delivery))
    assert browser.get(page(delivery, "edit")).status_code == 403  # It shows what came, which is a third.
    assert told(browser, page(delivery, "replay")) == [f"Delivery {delivery.pk} replayed."]


def test_groups_are_refused_without_permission() -> None:
    assert operator("view_job").get(GROUPS).status_code == 403


@pytest.mark.parametrize("action", ["replay", "dry-run"])
def test_nothing_is_done_by_a_link(admin_client: Browser, action: str) -> None:
    assert admin_client.get(page(dead(), action)).status_code == 405
    assert states() == [DEAD]


def test_nothing_is_done_without_a_csrf_token(admin_user: User) -> None:
    browser, delivery = Browser(enforce_csrf_checks=True), dead()
    browser.force_login(admin_user)
    for address in (page(delivery, "replay"), page(delivery, "dry-run"), page(delivery, "edit"), SKIP, REPLAY_GROUP):
        assert browser.post(address, {"deliveries": delivery.pk, "reason": "x"}).status_code == 403
    assert states() == [DEAD]


def test_what_came_is_escaped_on_every_page(admin_client: Browser) -> None:
    delivery = dead(key=SCRIPT, body={"name": SCRIPT}, reason=SCRIPT)
    dead_letters.edit(delivery, f'{{"sku": "{SCRIPT}", "name": "{SCRIPT}"}}'.encode())
    pages = [page(delivery), page(delivery, "edit"), GROUPS, f"{LIST}?reason={SCRIPT}&since=any"]
    queries = [{"deliveries": delivery.pk}, {"entity": "product", "reason": SCRIPT}]
    contents = [shown(admin_client, address) for address in pages]
    contents += [shown(admin_client, *pair[:1], **pair[1]) for pair in zip([SKIP, REPLAY_GROUP], queries, strict=True)]
    for content in contents:
        assert SCRIPT not in content
        assert "&lt;script&gt;alert(1)" in content


def test_nothing_of_a_body_is_logged(admin_client: Browser, caplog: pytest.LogCaptureFixture, receive: Any) -> None:
    @receive
    def refuse(**_: Any) -> None:
        raise LookupError("payload")

    delivery = dead(body={"name": "payload"})
    with caplog.at_level("DEBUG", logger="sync"):
        admin_client.post(page(delivery, "dry-run"))
        admin_client.post(page(delivery, "edit"), {"body": '{"name": "payload"'})
    assert "dry_run_failed" in caplog.text
    assert "payload" not in caplog.text
