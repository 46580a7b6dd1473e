"""Whether the previous release can run while, and after, new migrations are: `python -m tests.releases.lint`, in `make check`.

Django writes the SQL of each migration that the previous release does not have, without a database, and squawk judges it:
locks that stop others, rewrites, and what the previous release's statements would stumble over. A migration that is
right all the same says so, `accepted_risks = {"rule": "why"}` beside its operations.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.db import DatabaseError, connection
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from tests.releases.released import Released

SQUAWK = Path(sys.executable).parent / "squawk"
OLDEST = "15.0"
# Of style, or of what Django and DATABASES see to: transactions, time-outs, types that a model chose.
OF_STYLE = (
    "prefer-bigint-over-int",
    "prefer-bigint-over-smallint",
    "prefer-identity",
    "prefer-robust-stmts",
    "prefer-text-field",
    "prefer-timestamptz",
    "ban-char-field",
    "require-timeout-settings",
    "require-lock-timeout",
    "require-statement-timeout",
)


def main() -> int:
    """Tell of every fault of every new migration, and return the exit status."""
    django.setup()
    write_without_a_database()
    loader = MigrationLoader(None)
    found = [fault for migration in new_migrations(loader) for fault in faults(migration, loader)]
    sys.stdout.write("".join(f"{fault}\n" for fault in found))
    return 1 if found else 0


def new_migrations(loader: MigrationLoader) -> Iterator[Migration]:
    """Yield our migrations that the previous release does not have."""
    known = set(Released.read().migrations)
    for (label, name), migration in sorted(loader.graph.nodes.items()):
        if f"{label}.{name}" not in known and is_ours(label):
            yield migration


def is_ours(label: str) -> bool:
    return "site-packages" not in Path(apps.get_app_config(label).path).parts


UNKNOWN = ("unknown", "Its SQL depends on what a database has, or is code: read it.")


def faults(migration: Migration, loader: MigrationLoader) -> Iterator[str]:
    """Yield what would stop or break the previous release, less what the migration says is meant."""
    accepted = dict(getattr(migration, "accepted_risks", {}))
    place = f"{migration.app_label}.{migration.name}"
    try:
        risks = list(judged(sql_of(migration, loader), in_transaction=migration.atomic))
    except DatabaseError:
        risks = [UNKNOWN]
    if not all(operation.reduces_to_sql for operation in migration.operations):
        risks.append(UNKNOWN)
    yield from (f"{place}: {rule}: {why}" for rule, why in risks if rule not in accepted)
    for rule in accepted.keys() - {rule for rule, _ in risks}:
        yield f"{place}: accepts {rule}, which it does not risk"


def sql_of(migration: Migration, loader: MigrationLoader) -> str:
    state = loader.project_state((migration.app_label, migration.name), at_end=False)
    is_atomic, migration.atomic = migration.atomic, False  # Else the editor would begin a transaction.
    try:
        with connection.schema_editor(collect_sql=True, atomic=False) as editor:
            migration.apply(state, editor, collect_sql=True)
    finally:
        migration.atomic = is_atomic
    return "\n".join(editor.collected_sql)


def judged(statements: str, *, in_transaction: bool) -> Iterator[tuple[str, str]]:
    """Yield each rule that squawk finds broken, and why it is one."""
    command = [str(SQUAWK), "--reporter=json", f"--pg-version={OLDEST}", f"--exclude={','.join(OF_STYLE)}"]
    if in_transaction:
        command.append("--assume-in-transaction")
    told = subprocess.run(command, input=statements, capture_output=True, text=True, check=False)
    if told.returncode not in {0, 1}:
        raise SystemExit(f"squawk does not run: {told.stderr.strip()}")
    for found in json.loads(told.stdout):
        yield found["rule_name"], f"{found['message']} {found['help'] or ''}".strip()


def write_without_a_database() -> None:
    """Answer what the schema editor would ask a server: which version it is, how it sorts, how a value is written."""
    connection.__dict__["pg_version"] = int(float(OLDEST)) * 10_000
    connection.SchemaEditorClass.sorts_by_code_point = lambda _editor: True
    connection.ops.compose_sql = written


def written(query: str, params: Sequence[Any] | None) -> str:
    return query % tuple(sql.quote(value) for value in params) if params else query


if __name__ == "__main__":
    sys.exit(main())
