"""A database that lives on elsewhere, restored or promoted: what readers can go on with there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from connector.edge.models import Client
from connector.stack.postgres import Cluster
from entities.changes import BEGINNING
from entities.epoch import rise_above_rows, stand
from entities.schema import schemas
from sync.serving import milestones
from sync.serving.cursors import Reader, Rest, Start
from tests.clusters import empty_cluster, of_session, run, standby
from tests.conftest import Dsync
from tests.contract.answers import faults
from tests.contract.following import keys, settle, since

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def restored() -> Iterator[None]:
    """Restore the database as it is into a cluster of its own, and have everything go on there."""
    with empty_cluster() as cluster:
        name = connection.settings_dict["NAME"]
        dump = run(cluster, "pg_dump", "--no-owner", name, **of_session()).stdout
        load(cluster, dump)
        with connected_to(cluster, "connector"):
            yield


def load(cluster: Cluster, dump: bytes) -> None:
    file = cluster.data.parent / "dump.sql"
    file.write_bytes(dump)
    file.chmod(0o644)
    run(cluster, "psql", "-v", "ON_ERROR_STOP=1", "--quiet", "-f", str(file), "connector")


@contextmanager
def connected_to(cluster: Cluster, name: str) -> Iterator[None]:
    """Have the connection lead to a database of another cluster."""
    connection.close()
    own = dict(connection.settings_dict)
    connection.settings_dict |= {"HOST": str(cluster.sockets), "NAME": name}
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict |= {name: own[name] for name in ("HOST", "NAME")}


def test_readers_begin_anew_after_a_restore_and_miss_nothing(dsync: Dsync) -> None:
    for sku in "abc":
        dsync.post("product", {"sku": sku})
    dsync.delete("product", "c")
    settle()
    milestones.mark()
    cursor, epoch = dsync.items("product")["Changes-Cursor"], stand().epoch
    rest = dsync.items("product", "?per_page=1")["Next-Cursor"]
    with restored():
        assert faults(since(dsync, cursor)) == [("changed_since", "expired_cursor")]
        assert faults(dsync.items("product", f"?cursor={rest}")) == [("cursor", "expired_cursor")]
        assert stand().epoch == epoch + 1
        walked = dsync.items("product")
        assert keys(walked) == "ab"
        moment = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
        assert keys(dsync.items("product", f"?changed_since={moment.replace('+', '%2B')}&deletions=1")) == "ab-c"
        dsync.put("product", "b", {"color": "White"})
        dsync.post("product", {"sku": "d"})
        settle()
        assert keys(since(dsync, walked["Changes-Cursor"])) == "bd"


def test_restored_database_rises_once(dsync: Dsync) -> None:
    with restored():
        risen = stand().epoch
        connection.close()
        assert stand().epoch == risen


def test_readers_begin_anew_after_a_standby_was_promoted(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"})
    cursor, epoch = dsync.items("product")["Changes-Cursor"], stand().epoch
    with standby() as cluster, connected_to(cluster, connection.settings_dict["NAME"]):
        run(cluster, "psql", "-c", "SELECT pg_promote()", "postgres")
        assert faults(since(dsync, cursor)) == [("changed_since", "expired_cursor")]
        assert (keys(dsync.items("product")), stand().epoch) == ("a", epoch + 1)


@pytest.mark.parametrize("places", [(0, 10**9), (2, 0)], ids=["later transactions", "a later epoch"])
def test_rows_that_were_restored_alone_are_found_ahead_and_left_behind(dsync: Dsync, places: tuple[int, int]) -> None:
    dsync.post("product", {"sku": "a"})
    epoch = stand().epoch
    rise_above_rows()
    assert stand().epoch == epoch
    cursor = dsync.items("product")["Changes-Cursor"]
    with connection.cursor() as others:
        sql = "UPDATE entities_product SET changed_epoch = changed_epoch + %s, changed_in = (%s + 1000)::text::xid8"
        others.execute(sql, places)
    rise_above_rows()
    assert stand().epoch == epoch + places[0] + 1
    assert faults(since(dsync, cursor)) == [("changed_since", "expired_cursor")]
    cursor = dsync.items("product")["Changes-Cursor"]
    dsync.put("product", "a", {"color": "White"})
    settle()
    assert keys(since(dsync, cursor)) == "a"


def test_cursor_from_beyond_all_transactions_is_refused(dsync: Dsync) -> None:
    here = stand()
    reader = Reader(Client.objects.get().pk, schemas()["product"])
    start = Start(here.epoch, int(here.at.timestamp()), here.xid + 10**9)
    beyond = Rest(start, BEGINNING, start, here.lsn, 10, with_deletions=False)
    assert faults(since(dsync, reader.told(None, start)["Changes-Cursor"])) == [("changed_since", "expired_cursor")]
    cursor = reader.told(beyond, start)["Next-Cursor"]
    assert faults(dsync.items("product", f"?cursor={cursor}")) == [("cursor", "expired_cursor")]
