from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from tests.releases import databases
from tests.releases.databases import Rows


@dataclass(frozen=True)
class Upgraded:
    """The database of the previous release after the migrations, with its rows before and after them."""

    name: str
    before: Rows
    after: Rows


@pytest.fixture(scope="module")
def upgraded(django_db_setup: None, django_db_blocker: Any) -> Iterator[Upgraded]:
    with django_db_blocker.unblock():
        name = f"upgraded_{connection.settings_dict['NAME']}"
        url = databases.restore_release(name)
        before = databases.rows(url)
        with databases.connected_to(name):
            call_command("migrate", verbosity=0)
        yield Upgraded(name, before, databases.rows(url))
        databases.drop(name)


@pytest.fixture
def there(upgraded: Upgraded) -> Iterator[str]:
    """A copy of it for one test, which every connection leads to, and its name."""
    name = f"copy_of_{upgraded.name}"
    databases.copy(name, upgraded.name)
    with databases.connected_to(name):
        yield name
    databases.drop(name)
