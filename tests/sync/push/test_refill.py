"""`resync push`: an entity's records put into the outbox."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from entities.models import Product
from sync import local
from sync.models import Push, PushToken, Switch
from sync.push import refill
from tests.conftest import Dsync
from tests.sync.push.remote import Remote
from tests.sync.push.sending import send
from tests.sync.writes import DATABASE

pytestmark = DATABASE


def run(*arguments: str) -> Any:
    out = io.StringIO()
    call_command("resync", "push", "product", *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture
def records(remote: Remote, dsync: Dsync) -> None:
    """Store three live products, of which Dsync sent two, and a deleted one."""
    for key in ("a", "b", "gone"):
        dsync.post("product", {"sku": key})
    dsync.delete("product", "gone")
    local.create("product", {"sku": "ours"})
    Push.objects.all().delete()


@pytest.mark.usefixtures("records")
def test_every_live_record_is_sent(remote: Remote) -> None:
    assert run() == {"noted": 3, "dry_run": False, "waiting": 3, "dead": 0}
    send()
    assert sorted(remote.told) == [("POST", "ours"), ("PUT", "a"), ("PUT", "b")]


@pytest.mark.usefixtures("records")
def test_nothing_is_put_into_the_outbox_when_dry() -> None:
    assert run("--dry-run")["noted"] == 3
    assert not Push.objects.exists()


@pytest.mark.usefixtures("records")
def test_only_records_that_changed_since_are_sent(remote: Remote) -> None:
    Product.objects.exclude(sku="b").update(updated_at="2020-01-01T00:00Z")
    assert run("--since", "2026-01-01")["noted"] == 1
    send()
    assert remote.told == [("PUT", "b")]


@pytest.mark.usefixtures("records")
def test_records_are_taken_in_portions(monkeypatch: pytest.MonkeyPatch, sent: list[str]) -> None:
    monkeypatch.setattr(refill, "BATCH", 2)
    sent.clear()
    assert run()["noted"] == 3
    assert sent == ["send", "send"]


@pytest.mark.usefixtures("records")
def test_wait_ends_when_all_is_sent(remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: send())
    assert run("--wait")["waiting"] == 0
    assert len(remote.requests) == 3


@pytest.mark.usefixtures("records")
def test_wait_exits_with_1_when_one_died(remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: send())
    remote.answers(422)
    with pytest.raises(SystemExit, match="1"):
        run("--wait")


@pytest.mark.usefixtures("records")
@pytest.mark.parametrize(
    ("model", "told"), [(Switch, "is not pushed"), (PushToken, "not set")], ids=["switched off", "no tokens"]
)
def test_entity_that_is_not_pushed_is_refused(model: Any, told: str) -> None:
    model.objects.all().delete()
    with pytest.raises(CommandError, match=told):
        run()


def test_every_portion_is_read_by_the_key_of_its_rows(remote: Remote) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO entities_product (sku, categories, attributes)"
            " SELECT 'sku-' || n, '{}', '[]' FROM generate_series(1, 2500) AS n"
        )
    assert run()["noted"] == 2500
    assert Push.objects.count() == 2500
