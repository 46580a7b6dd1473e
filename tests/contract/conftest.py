from __future__ import annotations

import pytest
from django.test import Client

from connector.edge.tokens import issue
from tests.conftest import Dsync


@pytest.fixture
def twin(dsync: Dsync) -> Dsync:
    """The client of `dsync` with a second token, as after a rotation."""
    return Dsync(issue(client_name="dsync")[1], Client())
