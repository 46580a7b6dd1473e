from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.entities.everything import Everything
from tests.entities.project import ROOT


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


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a folder that looks like the project as far as files are written."""
    (tmp_path / "entities" / "models").mkdir(parents=True)
    (tmp_path / "tests" / "contract" / "examples").mkdir(parents=True)
    (tmp_path / "entities" / "models" / "__init__.py").write_text((ROOT / "entities/models/__init__.py").read_text())
    return tmp_path
