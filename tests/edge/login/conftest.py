from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User

from tests.edge.login.signing_in import PASSWORD


@pytest.fixture(autouse=True)
def _locks_soon(settings: Any, db: None) -> None:
    """Lock after two failures."""
    settings.AXES_FAILURE_LIMIT = 2


@pytest.fixture
def ada() -> User:
    return User.objects.create_superuser("ada", password=PASSWORD)
