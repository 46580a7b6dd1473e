"""What Dsync is told of local changes."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction

from entities.entity import OnDelete
from entities.models import Product
from sync import local
from sync.applying import runner
from sync.models import Push, PushPause, PushToken, Switch
from sync.models.push import PushState
from sync.push import outbox, sender
from sync.push.tokens import set_token
from sync.work.retry import TRIES
from tests.conftest import Dsync
from tests.sync.push.remote import AUTH, ENTITY, Cut, Remote, Reply
from tests.sync.push.sending import end_leases, make_due, push_of, send, state_of
from tests.sync.writes import DATABASE

pytestmark = DATABASE


# What is told


def test_create_is_told_as_the_layout_describes_the_record(remote: Remote, dsync: Dsync) -> None:
    local.create("product", {"sku": "a", "price": 1.50, "inventory": {"qty": 2}})
    send()
    (request,) = remote.requests
    assert (request.method, request.path) == ("POST", "/api/realtime")
    assert request.body == dsync.item("product", sku="a")
    assert request.body["price"] == 1.5


def test_headers_are_those_of_the_contract(remote: Remote) -> None:
    local.create("product", {"sku": "a"})
    send()
    headers = remote.requests[0].headers
    assert headers["Content-Type"] == "application/json"
    assert (headers["Auth-Token"], headers["Entity-Token"]) == (AUTH, ENTITY)
    assert "Entity-Id" not in headers


def test_later_change_is_a_put(remote: Remote) -> None:
    local.create("product", {"sku": "a"})
    send()
    local.update("product", "a", {"price": 2})
    send()
    assert remote.told == [("POST", "a"), ("PUT", "a")]
    assert remote.requests[1].body["price"] == 2


def test_change_of_a_record_that_dsync_created_is_a_put(remote: Remote, dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"})
    local.update("product", "a", {"price": 2})
    send()
    assert remote.told == [("PUT", "a")]


def test_deletion_names_the_record_in_a_header_and_has_no_body(remote: Remote, dsync: Dsync) -> None:
    dsync.post("product", {"sku": "Größe-1"})
    local.delete("product", "Größe-1")
    send()
    (request,) = remote.requests
    assert (request.method, request.key, request.raw) == ("DELETE", "Größe-1", b"")
    assert "Content-Length" not in request.headers


@pytest.mark.parametrize("on_delete", OnDelete)
def test_record_that_comes_again_is_created_again(remote: Remote, policy: Any, on_delete: OnDelete) -> None:
    policy("product", on_delete=on_delete)
    for change in (local.create, local.delete, local.create):
        change("product", "a" if change is local.delete else {"sku": "a"})
        send()
    assert [method for method, _ in remote.told] == ["POST", "DELETE", "POST"]


def test_record_that_dsync_has_never_seen_is_not_told_to_be_gone(remote: Remote) -> None:
    local.create("product", {"sku": "a"})
    local.delete("product", "a")
    send()
    assert (remote.requests, push_of().state) == ([], PushState.SENT)


def test_changes_that_wait_are_told_once_and_the_newest_state_wins(remote: Remote) -> None:
    local.create("product", {"sku": "a", "price": 1})
    for price in (2, 3):
        local.update("product", "a", {"price": price})
    send()
    assert (remote.told, remote.prices("a")) == ([("POST", "a")], [3])


def test_record_that_was_created_here_before_it_was_pushed_is_a_post(remote: Remote) -> None:
    Switch.objects.update(is_pushed=False)
    local.create("product", {"sku": "a"})
    Switch.objects.update(is_pushed=True)
    local.update("product", "a", {"price": 2})
    send()
    assert remote.told == [("POST", "a")]


def test_composite_key_is_told_whole(remote: Remote) -> None:
    set_token("company", ENTITY)
    Switch.objects.create(entity="company", is_pushed=True)
    local.create("company", {"partner": "p", "principal": "c", "name": "n"})
    send()
    local.delete("company", "p:c")
    send()
    assert remote.requests[0].body["key"] == "p:c"
    assert remote.requests[1].headers["Entity-Id"] == "p:c"


@pytest.mark.parametrize("status", [200, 201, 202])
def test_success_is_200_201_or_202(remote: Remote, status: int) -> None:
    remote.answers(status)
    local.create("product", {"sku": "a"})
    send()
    assert (state_of(), push_of().is_known) == ((PushState.SENT, 0, ""), True)


# What is not told


def test_what_dsync_sends_is_not_sent_back(remote: Remote, dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"})
    dsync.put("product", "a", {"price": 2}, Prefer="respond-async")
    runner.run(5)
    dsync.delete("product", "a")
    send()
    assert (remote.requests, Push.objects.count()) == ([], 0)


def test_echo_of_a_push_is_not_pushed(remote: Remote, dsync: Dsync) -> None:
    remote.answer = lambda request: Reply(dsync.put("product", request.key, request.body).status_code)
    dsync.post("product", {"sku": "a"})
    local.update("product", "a", {"price": 2})
    send()
    send()
    assert (remote.told, push_of().state) == ([("PUT", "a")], PushState.SENT)


@pytest.mark.parametrize("lacking", ["switch", "auth token", "entity token"])
def test_nothing_is_sent_unless_all_is_configured(remote: Remote, lacking: str) -> None:
    {
        "switch": lambda: Switch.objects.update(is_pushed=False),
        "auth token": PushToken.objects.filter(entity="").delete,
        "entity token": PushToken.objects.filter(entity="product").delete,
    }[lacking]()
    local.create("product", {"sku": "a"})
    assert not outbox.are_due()
    send()
    assert remote.requests == []
    assert Push.objects.count() == (0 if lacking == "switch" else 1)


def test_what_waits_is_held_while_the_entity_is_switched_off(remote: Remote) -> None:
    local.create("product", {"sku": "a"})
    Switch.objects.update(is_pushed=False)
    send()
    assert remote.requests == []
    Switch.objects.update(is_pushed=True)
    send()
    assert remote.told == [("POST", "a")]


def test_deletion_of_nothing_is_not_told(remote: Remote) -> None:
    local.delete("product", "a")
    assert not Push.objects.exists()


def test_change_that_is_undone_is_not_told(remote: Remote) -> None:
    with transaction.atomic():
        local.create("product", {"sku": "a"})
        transaction.set_rollback(True)
    assert not Push.objects.exists()


# What goes wrong


def test_refused_push_is_dead_at_once_with_what_dsync_says(remote: Remote) -> None:
    remote.answers(422, message="Unprocessable: the name\nis missing")
    local.create("product", {"sku": "a"})
    send()
    assert state_of() == (PushState.DEAD, 1, "422 Unprocessable: the name is missing")


def test_dead_push_parks_what_its_record_changes_later(remote: Remote) -> None:
    remote.answers(400, 200)
    local.create("product", {"sku": "a"})
    send()
    local.update("product", "a", {"price": 2})
    local.create("product", {"sku": "b"})
    send()
    assert remote.told == [("POST", "a"), ("POST", "b")]
    assert push_of().state == PushState.DEAD


def test_replayed_push_tells_the_newest_state(remote: Remote) -> None:
    remote.answers(400, 200)
    local.create("product", {"sku": "a", "price": 1})
    send()
    local.update("product", "a", {"price": 2})
    assert outbox.replay(Push.objects.all()) == 1
    send()
    assert (remote.prices("a"), push_of().state) == ([1, 2], PushState.SENT)


def test_skipped_push_is_not_sent_and_the_next_change_is(remote: Remote) -> None:
    remote.answers(400, 200)
    local.create("product", {"sku": "a"})
    send()
    assert outbox.skip(Push.objects.all()) == 1
    send()
    assert (len(remote.requests), push_of().state) == (1, PushState.SKIPPED)
    local.update("product", "a", {"price": 2})
    send()
    assert remote.told == [("POST", "a")] * 2


def test_failure_of_one_record_is_tried_again_and_holds_up_no_other(remote: Remote) -> None:
    remote.answer = lambda request: Reply(500 if request.key == "a" else 200)
    for key in ("a", "b"):
        local.create("product", {"sku": key})
    send()
    assert (state_of("a"), state_of("b")) == (
        (PushState.WAITING, 1, "500 OK"),
        (PushState.SENT, 0, ""),
    )
    assert not PushPause.objects.exists()
    remote.answers(200)
    make_due()
    send()
    assert push_of("a").state == PushState.SENT


def test_record_that_always_fails_is_dead_in_the_end(remote: Remote) -> None:
    remote.answer = lambda request: Reply(500 if request.key == "a" else 200)
    local.create("product", {"sku": "a"})
    for number in range(TRIES):
        local.create("product", {"sku": f"b-{number}"})
        make_due()
        send()
    assert state_of()[:2] == (PushState.DEAD, TRIES)


@pytest.mark.parametrize("status", [401, 403, 429, 502, 503, 504, 307])
def test_outage_pauses_the_entity_and_costs_no_try(remote: Remote, status: int) -> None:
    remote.answers(status)
    local.create("product", {"sku": "a"})
    for _ in range(3):
        make_due()
        send()
    assert state_of()[:2] == (PushState.WAITING, 0)
    assert (len(remote.requests), PushPause.objects.get().failures) == (3, 3)
    assert not outbox.are_due()


def test_outage_that_nobody_answers_costs_no_try(remote: Remote, settings: Any) -> None:
    settings.CONNECTOR_PUSH_URL = "http://127.0.0.1:1/"
    local.create("product", {"sku": "a"})
    send()
    assert state_of() == (PushState.WAITING, 0, "ConnectError")


@pytest.mark.parametrize("how", ["hang", "cut"])
def test_outage_in_the_middle_costs_one_try_at_most(remote: Remote, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    def cut(_request: object) -> Reply:
        raise Cut

    monkeypatch.setattr("sync.push.line.TIMEOUT", 0.2)
    remote.answer = remote.hang if how == "hang" else cut
    local.create("product", {"sku": "a"})
    for _ in range(4):
        make_due()
        send()
    assert state_of()[:2] == (PushState.WAITING, 1)


def test_end_of_an_outage_ends_the_pause(remote: Remote) -> None:
    remote.answers(503, 200)
    for key in ("a", "b"):
        local.create("product", {"sku": key})
    send()
    make_due()
    send()
    assert (push_of("a").state, push_of("b").state, PushPause.objects.count()) == ("sent", "sent", 0)


def test_retry_after_is_honoured(remote: Remote) -> None:
    remote.answers(429, headers={"Retry-After": "600"})
    local.create("product", {"sku": "a"})
    send()
    with connection.cursor() as cursor:
        cursor.execute("SELECT until > now() + interval '590 s' FROM sync_pushpause")
        assert cursor.fetchone() == (True,)


def test_new_token_is_tried_at_once(remote: Remote) -> None:
    remote.answers(401, 200)
    local.create("product", {"sku": "a"})
    send()
    set_token("product", "another-token-of-a-test")
    send()
    assert remote.requests[1].headers["Entity-Token"] == "another-token-of-a-test"


def test_redirect_is_not_followed(remote: Remote) -> None:
    remote.answers(307, headers={"Location": f"{remote.url}/elsewhere"})
    local.create("product", {"sku": "a"})
    send()
    assert [request.path for request in remote.requests] == ["/api/realtime"]


@pytest.mark.parametrize(
    ("change", "answers", "methods"),
    [("create", (409, 200), ["POST", "PUT"]), ("update", (404, 200), ["PUT", "POST"])],
    ids=["dsync has it", "dsync lacks it"],
)
def test_other_method_is_taken_when_dsync_knows_better(
    remote: Remote, dsync: Dsync, change: str, answers: Any, methods: list[str]
) -> None:
    remote.answers(*answers)
    if change == "create":
        local.create("product", {"sku": "a"})
    else:
        dsync.post("product", {"sku": "a"})
        local.update("product", "a", {})
    send()
    make_due()
    send()
    assert ([method for method, _ in remote.told], push_of().state) == (methods, PushState.SENT)


def test_deletion_of_what_dsync_lacks_is_done(remote: Remote, dsync: Dsync) -> None:
    remote.answers(404)
    dsync.post("product", {"sku": "a"})
    local.delete("product", "a")
    send()
    assert push_of().state == PushState.SENT


def test_key_that_no_header_can_tell_is_dead(remote: Remote) -> None:
    local.create("product", {"sku": " a"})
    send()
    local.delete("product", " a")
    send()
    assert state_of(" a")[::2] == (PushState.DEAD, "It cannot be told over HTTP.")


def test_huge_answer_is_not_read_to_its_end(remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.push.line.READ", 1000)
    remote.answers(400, raw=b"x" * 10_000_000)
    local.create("product", {"sku": "a"})
    send()
    assert state_of() == (PushState.DEAD, 1, "400 Bad Request")


def test_token_that_no_key_opens_pauses_the_entity(remote: Remote) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sync_pushtoken SET token = 'nothing' WHERE entity = 'product'")
    local.create("product", {"sku": "a"})
    send()
    assert (remote.requests, state_of()) == ([], (PushState.WAITING, 0, "A token cannot be read: set it anew."))


# Leases


def test_record_under_a_lease_is_sent_by_nobody_else(remote: Remote) -> None:
    local.create("product", {"sku": "a"})
    assert len(outbox.claim("product")) == 1
    assert not outbox.are_due()
    send()
    assert remote.requests == []


def test_record_is_sent_when_the_lease_has_run_out(remote: Remote) -> None:
    local.create("product", {"sku": "a"})
    assert outbox.claim("product")
    end_leases()
    send()
    assert remote.told == [("POST", "a")]


def test_record_that_ends_its_workers_is_dead(remote: Remote) -> None:
    local.create("product", {"sku": "a"})
    for _ in range(TRIES):
        assert outbox.claim("product")
        end_leases()
    send()
    assert (remote.requests, state_of()[::2]) == ([], (PushState.DEAD, "It ended its workers."))


def test_change_while_a_record_is_sent_is_sent_next(remote: Remote) -> None:
    def change_meanwhile(request: Any) -> Reply:
        if len(remote.requests) == 1:
            Product.objects.filter(sku="a").update(price=2)
            Push.objects.update(version=2)
        return Reply()

    remote.answer = change_meanwhile
    local.create("product", {"sku": "a", "price": 1})
    send()
    assert (remote.prices("a"), push_of().state) == ([1, 2], PushState.SENT)


def test_record_that_was_refused_as_it_was_is_sent_as_it_is_now(remote: Remote) -> None:
    def refuse_and_change(request: Any) -> Reply:
        if len(remote.requests) > 1:
            return Reply()
        Push.objects.update(version=2)
        return Reply(400)

    remote.answer = refuse_and_change
    local.create("product", {"sku": "a"})
    send()
    assert (len(remote.requests), push_of().state) == (2, PushState.SENT)


@pytest.mark.parametrize("fate", ["sent", "bury", "again", "give_back"])
def test_who_lost_the_lease_has_the_record_sent_once_more(remote: Remote, fate: str) -> None:
    local.create("product", {"sku": "a"})
    (slow,) = outbox.claim("product")
    end_leases()
    send()
    assert push_of().state == PushState.SENT
    {
        "sent": lambda: outbox.sent(slow, is_known=True),
        "bury": lambda: outbox.bury(slow, "x"),
        "again": lambda: outbox.again(slow, "x"),
        "give_back": lambda: outbox.give_back(slow, "x"),
    }[fate]()
    send()
    assert (remote.told, state_of()) == ([("POST", "a"), ("PUT", "a")], (PushState.SENT, 0, ""))


@pytest.mark.parametrize("state", [PushState.DEAD, PushState.SKIPPED])
def test_who_lost_the_lease_leaves_alone_what_a_person_decides(remote: Remote, state: PushState) -> None:
    local.create("product", {"sku": "a"})
    (slow,) = outbox.claim("product")
    end_leases()
    remote.answers(400)
    send()
    if state == PushState.SKIPPED:
        outbox.skip(Push.objects.all())
    outbox.sent(slow, is_known=True)
    send()
    assert (len(remote.told), push_of().state) == (1, state)


def test_sender_stops_when_its_time_is_up(remote: Remote) -> None:
    local.create("product", {"sku": "a"})
    assert not sender.run(0)
    assert remote.requests == []
