"""Migrations under which the previous release could not go on are refused, and others are not."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, migrations, models
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

from tests.releases import lint
from tests.releases.released import Released

pytestmark = pytest.mark.django_db
INDEX = models.Index(fields=["reason"], name="by_reason")


def rules(*operations: Operation, **declared: Any) -> list[str]:
    """Return which rules a migration of the journal with these operations breaks."""
    return [fault.split(": ")[1] for fault in told(*operations, **declared)]


def told(*operations: Operation, **declared: Any) -> list[str]:
    loader = MigrationLoader(connection)
    (newest,) = loader.graph.leaf_nodes("sync")
    kind = type("Migration", (Migration,), {"operations": list(operations), "dependencies": [newest], **declared})
    migration = kind("9999_new", "sync")
    loader.graph.add_node(("sync", "9999_new"), migration)
    loader.graph.add_dependency(migration, ("sync", "9999_new"), newest)
    return list(lint.faults(migration, loader))


@pytest.mark.parametrize(
    ("operation", "rule"),
    [
        (migrations.RemoveField("delivery", "reason"), "ban-drop-column"),
        (migrations.RenameField("delivery", "reason", "why"), "renaming-column"),
        (migrations.DeleteModel("Gauge"), "ban-drop-table"),
        (migrations.AlterField("delivery", "crashes", models.BigIntegerField(default=0)), "changing-column-type"),
        # Django takes the default away again, and the previous release names no such column.
        (migrations.AddField("delivery", "new", models.IntegerField(default=0)), "ban-drop-default"),
        (migrations.AddIndex("delivery", INDEX), "require-concurrent-index-creation"),
        (migrations.RunPython(migrations.RunPython.noop), "unknown"),
        (migrations.RunSQL("DROP INDEX delivery_of_record"), "require-concurrent-index-deletion"),
        (migrations.RunSQL("ALTER TABLE sync_delivery ADD CHECK (tries >= 0)"), "constraint-missing-not-valid"),
        (migrations.RunSQL("ALTER TABLE sync_delivery ALTER tries SET NOT NULL"), "adding-not-nullable-field"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_migration_that_stops_the_previous_release_is_refused(operation: Operation, rule: str) -> None:
    assert rule in rules(operation)


@pytest.mark.parametrize(
    ("operation", "is_atomic"),
    [
        (migrations.AddField("delivery", "new", models.IntegerField(null=True)), True),
        (migrations.AddField("delivery", "new", models.IntegerField(db_default=0)), True),
        (migrations.CreateModel("New", [("id", models.BigAutoField(primary_key=True))]), True),
        (migrations.RunSQL("CREATE INDEX CONCURRENTLY by_reason ON sync_delivery (reason)"), False),
        (migrations.RunSQL("ALTER TABLE sync_delivery ADD CONSTRAINT c CHECK (tries >= 0) NOT VALID"), True),
    ],
    ids=["nullable", "default of the database", "table", "concurrent index", "constraint to be validated later"],
)
def test_migration_beside_which_the_previous_release_goes_on_is_taken(operation: Operation, *, is_atomic: bool) -> None:
    assert rules(operation, atomic=is_atomic) == []


def test_exception_is_named_with_its_reason_in_the_migration() -> None:
    meant = {"ban-drop-table": "No release has used it since the last one."}
    assert rules(migrations.DeleteModel("Gauge"), accepted_risks=meant) == []


def test_exception_that_nothing_needs_is_told() -> None:
    (fault,) = told(migrations.RunSQL("SELECT 1"), accepted_risks={"ban-drop-table": "x"})
    assert fault == "sync.9999_new: accepts ban-drop-table, which it does not risk"


def test_migrations_of_the_previous_release_are_all_still_there() -> None:
    nodes = {f"{label}.{name}" for label, name in MigrationLoader(connection).disk_migrations}
    assert set(Released.read().migrations) <= nodes
