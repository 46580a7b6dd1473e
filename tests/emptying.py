"""Emptying the database after a test that committed: the rows alone.

Django truncates every table and makes its permissions anew, which costs more than most of these tests do.
"""

from __future__ import annotations

from functools import cache

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.test import TransactionTestCase

from sync.models.lane import FULL_BATCH, Lane

# What `migrate` makes beside tables.
KEPT = {model._meta.db_table for model in (ContentType, Permission, Group, Group.permissions.through, Lane)}


def empty_quickly() -> None:
    """Have every test case that commits do it so."""
    by_django = TransactionTestCase._fixture_teardown

    def teardown(case: TransactionTestCase) -> None:
        if not emptied():
            by_django(case)

    TransactionTestCase._fixture_teardown = teardown


def emptied() -> bool:
    """Delete all rows in one transaction without triggers, as a superuser alone may; return whether it was done."""
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute(WRITTEN, [tables()])
        is_superuser, deletes = cursor.fetchone()
        if not is_superuser:
            return False
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(deletes)
        Lane.objects.exclude(batch_size=FULL_BATCH).update(batch_size=FULL_BATCH)
    return True


@cache
def tables() -> list[str]:
    return list(set(connection.introspection.django_table_names(include_views=False)) - KEPT)


# A table without a block has never had a row: that is most of them.
WRITTEN = """
    SELECT current_setting('is_superuser') = 'on', coalesce(string_agg(format('DELETE FROM %%I', relname), '; '), 'SELECT')
    FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relname = ANY(%s) AND (relkind = 'p' OR pg_relation_size(oid) > 0)
"""
