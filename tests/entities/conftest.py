from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from tests.entities.everything import Everything


@pytest.fixture(scope="session")
def _table(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Make the table of `Everything` once: each test is rolled back, the table is not."""
    with django_db_blocker.unblock():
        with connection.schema_editor() as editor:
            editor.create_model(Everything)
        yield
        with connection.schema_editor() as editor:
            editor.delete_model(Everything)


@pytest.fixture
def everything(_table: None, db: None) -> None:
    """Give the test an empty table of `Everything`."""
