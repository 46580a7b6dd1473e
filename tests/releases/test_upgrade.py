"""What the previous release left goes through new migrations, and new code goes on with it."""

from __future__ import annotations

import pytest
from django.test import Client

from connector.edge.tokens import issue
from datasources import spool
from datasources.importing import work
from datasources.models import Import, ImportState
from entities.schema import schemas
from sync.models import Delivery, State
from sync.operating import dead_letters, held
from tests.conftest import Dsync
from tests.releases.conftest import Upgraded
from tests.releases.filling import APPLIED, FILE, OF_PAGE, ROWS, ROWS_DONE
from tests.sync.writes import DATABASE, make_due, prices, product, run, states

pytestmark = DATABASE
REFILLED = {"django_migrations", "django_content_type", "auth_permission", "auth_group_permissions"}


def test_everything_is_still_there_after_the_migrations(upgraded: Upgraded) -> None:
    before, after = upgraded.before, upgraded.after
    for table in before.keys() - REFILLED:
        columns = before[table][0].keys() if before[table] else ()
        kept = [{name: row[name] for name in columns if name in row} for row in after[table]]
        assert sorted(map(repr, kept)) == sorted(map(repr, before[table])), table


@pytest.mark.usefixtures("there")
def test_queued_deliveries_are_applied_record_by_record() -> None:
    run()
    make_due()
    run()
    assert set(states(process_id__in=["accepted", "retrying"])) == {State.APPLIED}
    assert prices("waiting-1", "applied-1", "retrying-1") == [3, 41, 5]
    previous = Delivery.objects.filter(record_key="waiting-1").order_by("pk").values_list("previous", flat=True)
    assert [told and int(told["price"]) for told in previous] == [None, 0, 1, 2]


@pytest.mark.usefixtures("there")
def test_dead_delivery_is_replayed_and_what_waits_behind_it_follows() -> None:
    run()
    assert (states(process_id="dead"), states(process_id="behind")) == ([State.DEAD], [State.ACCEPTED])
    assert dead_letters.replay(Delivery.objects.get(process_id="dead"))
    run()
    assert (states(record_key="dead-1"), prices("dead-1")) == ([State.APPLIED] * 2, [7])


@pytest.mark.usefixtures("there")
def test_held_delete_waits_for_a_person_and_is_done_when_it_is_released() -> None:
    run()
    assert (product("deleted-1"), states(state=State.HELD)) == (None, [State.HELD])
    assert product("deleted-2")
    held.decide([Delivery.objects.get(state=State.HELD).pk], held.RELEASE)
    run()
    assert product("deleted-2") is None


@pytest.mark.usefixtures("there")
def test_walk_goes_on_where_it_was() -> None:
    dsync = Dsync(issue(client_name="dsync")[1], Client())
    pages = [dsync.items("product", f"?per_page={OF_PAGE}&page={number}") for number in (2, 3, 4)]
    assert all(page.json()["detail"] == {} for page in pages)
    served = [item["sku"] for page in pages for item in page.json()["data"]["items"]]
    assert served[: len(APPLIED) - OF_PAGE] == APPLIED[OF_PAGE:]


@pytest.mark.usefixtures("there")
def test_import_goes_on_after_the_rows_that_are_done() -> None:
    import_ = Import.objects.get()
    assert (import_.state, import_.rows) == (ImportState.PROCESSING, ROWS_DONE)
    spool.path_of(import_.pk).write_text(FILE)
    while not work.go_on(import_.pk):
        pass
    import_.refresh_from_db()
    assert (import_.state, import_.rows, import_.rows_ok) == (ImportState.PROCESSED, ROWS, ROWS)
    assert schemas()["partner_sale"].model.objects.count() == ROWS
