from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction

from entities import merging
from entities.models import Product
from entities.schema import schemas
from sync.applying import runner
from sync.delivery import entering
from sync.models import Delivery, Lane
from tests.conftest import Dsync
from tests.sync.writes import accept, side_by_side

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "autonomous"])


def run(*arguments: str) -> Any:
    """Run a command with --json and return what it prints."""
    out = io.StringIO()
    call_command(*arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture
def white_then_black(dsync: Dsync) -> Dsync:
    dsync.post("product", {"sku": "a", "color": "White"}, Process_Id="1")
    dsync.put("product", "a", {"color": "Black"}, Process_Id="2")
    return dsync


def test_replay_accepts_copies_of_applied_deliveries_at_the_end(white_then_black: Dsync) -> None:
    assert run("resync", "replay", "product", "--applied", "--process", "2")["replayed"] == 1
    copy = Delivery.objects.latest("pk")
    assert (copy.state, copy.replay_of, copy.process_id) == ("accepted", copy.pk - 1, "2")


def test_replayed_copies_are_applied(white_then_black: Dsync) -> None:
    run("resync", "replay", "product", "--applied", "--process", "2")
    runner.run(10)
    assert Delivery.objects.latest("pk").previous == {"color": "Black"}


def test_replay_leaves_out_records_with_a_newer_write(white_then_black: Dsync) -> None:
    with pytest.raises(SystemExit):
        run("resync", "replay", "product", "--applied", "--process", "1")
    assert Delivery.objects.count() == 2


def written_by_a_file(**columns: str) -> None:
    """Write a product as a file does, which leaves no delivery, by a number that was drawn before all others."""
    with transaction.atomic():
        merging.merge(schemas()["product"], list(columns), ["\t".join(columns.values())], 0)


def test_replay_leaves_out_records_that_a_file_wrote_later(white_then_black: Dsync) -> None:
    written_by_a_file(sku="a", color="Green")
    with pytest.raises(SystemExit):
        run("resync", "replay", "product", "--applied", "--process", "2")
    assert Delivery.objects.count() == 2


def test_repeat_of_what_a_file_has_overwritten_is_a_write_of_its_own(white_then_black: Dsync) -> None:
    written_by_a_file(sku="a", color="Green")
    white_then_black.put("product", "a", {"color": "Black"}, Process_Id="2")
    assert Product.objects.get().color == "Black"


def test_copies_are_not_replayed_beside_their_originals(white_then_black: Dsync) -> None:
    for _ in range(2):
        run("resync", "replay", "product", "--applied", "--process", "2", "--force")
        runner.run(10)
    original = Delivery.objects.get(process_id="2", replay_of=None).pk
    assert list(Delivery.objects.exclude(replay_of=None).values_list("replay_of", flat=True)) == [original] * 2


def test_replay_takes_overtaken_records_when_forced(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"}, Process_Id="0")
    dsync.put("product", "a", {"color": "White"}, Process_Id="1")
    dsync.put("product", "a", {"color": "Black"}, Process_Id="2")
    run("resync", "replay", "product", "--applied", "--process", "1", "--force")
    runner.run(10)
    assert dsync.item("product", sku="a")["color"] == "White"


def test_replay_changes_nothing_when_dry(white_then_black: Dsync) -> None:
    assert run("resync", "replay", "product", "--applied", "--process", "2", "--dry-run")["replayed"] == 1
    assert Delivery.objects.count() == 2


def test_replay_leaves_out_rejected_deliveries_whose_body_was_cut(dsync: Dsync) -> None:
    dsync.put("product", "absent", {"description": "x" * 5000})
    with pytest.raises(SystemExit):
        run("resync", "replay", "product", "--rejected")


def test_replay_runs_rejected_deliveries_again(dsync: Dsync) -> None:
    dsync.put("product", "late", {"color": "White"}, Process_Id="1")
    dsync.post("product", {"sku": "late"})
    run("resync", "replay", "product", "--rejected", "--force")
    runner.run(10)
    assert dsync.item("product", sku="late")["color"] == "White"


@pytest.mark.parametrize("state", ["dead", "applied"])
def test_replay_leaves_out_what_somebody_has_in_hand(dsync: Dsync, state: str) -> None:
    accepted = [accept("POST", sku) for sku in ("a", "b")]
    for delivery in accepted:
        if state == "dead":
            delivery.bury("x")
    runner.run(10)
    held = accepted[0]

    def replayed() -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
        with pytest.raises(SystemExit):
            call_command("resync", "replay", "product", f"--{state}", "--json", stdout=(printed := io.StringIO()))
        return json.loads(printed.getvalue())

    with transaction.atomic():
        Lane.objects.select_for_update().get(pk=held.lane)
        entering.lock(*held.record)
        (told,) = side_by_side(replayed)
    assert (told["replayed"], told["busy"]) == (1, 1)


def test_replay_selects_by_the_job_that_was_linked_before(white_then_black: Dsync) -> None:
    white_then_black.send("POST", "/entity/product/set_job", {"job_id": "j1"})
    white_then_black.put("product", "a", {"color": "Red"})
    assert run("resync", "replay", "product", "--applied", "--job", "j1", "--dry-run")["replayed"] == 1


def test_replay_names_the_jobs_that_are_not_there(dsync: Dsync) -> None:
    with pytest.raises(CommandError, match="No job nothing"):
        call_command("resync", "replay", "product", "--job", "nothing")


def test_replay_tells_how_a_moment_is_written(dsync: Dsync) -> None:
    with pytest.raises(CommandError, match="'yesterday' is no moment, such as"):
        call_command("resync", "replay", "product", "--since", "yesterday")


def test_deliveries_counts_and_lists(white_then_black: Dsync) -> None:
    printed = run("deliveries", "--process", "1")
    assert printed["counts"]["applied"] == 1
    assert [row["key"] for row in printed["deliveries"]] == ["a"]


@pytest.mark.parametrize(
    "command",
    [("deliveries", "--entity"), ("resync", "replay"), ("set_push_token",), ("rotate_entity_token",)],
    ids=str,
)
def test_command_tells_the_entities_there_are_where_there_is_none_of_a_name(command: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match="no entity 'nosuch'; there are company, order, partner_sale"):
        call_command(*command, "nosuch")


def test_deliveries_of_an_entity_that_is_gone_are_counted(white_then_black: Dsync) -> None:
    Delivery.objects.update(entity="gone")
    assert run("deliveries", "--entity", "gone")["counts"]["applied"] == 2


def test_prune_counts_and_removes(white_then_black: Dsync) -> None:
    Delivery.objects.update(accepted_at="2020-01-01T00:00Z")
    assert run("prune", "--dry-run")["deliveries"] == {"found": 2, "removed": 0}
    assert run("prune")["deliveries"] == {"found": 2, "removed": 2}


def test_prune_shows_how_many_of_how_many_are_removed(white_then_black: Dsync, capsys: Any) -> None:
    Delivery.objects.update(accepted_at="2020-01-01T00:00Z")
    call_command("prune")
    assert "2/2" in capsys.readouterr().out


@pytest.mark.parametrize("option", [("prune", "--days"), ("deliveries", "--limit")], ids=["days", "limit"])
def test_number_below_nothing_is_refused(option: tuple[str, str], white_then_black: Dsync) -> None:
    with pytest.raises(CommandError, match="whole number from 0"):
        run(*option, "-1")
    assert Delivery.objects.count() == 2
