from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.datasources.parties import Party, make_party
from tests.partners.conftest import MANY, company
from tests.partners.hood import Hood


@pytest.fixture
def hood(db: None, settings: Any) -> Hood:
    settings.CONNECTOR_RATE_BURST = settings.CONNECTOR_RATE_STEADY = MANY
    return company("Acme")


@pytest.fixture
def party(db: None, settings: Any, tmp_path: Path) -> Party:
    settings.CONNECTOR_SPOOL_DIR = tmp_path / "spool"
    return make_party()
