from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sync.models import Switch
from sync.push.tokens import AUTH as OF_US
from sync.push.tokens import set_token
from tests.sync.push.remote import AUTH, ENTITY, Remote, serving


@pytest.fixture
def remote(db: None, settings: Any) -> Iterator[Remote]:
    """Dsync's side, to which products are pushed."""
    with serving(Remote()) as remote:
        settings.CONNECTOR_PUSH_URL = remote.url
        set_token(OF_US, AUTH)
        set_token("product", ENTITY)
        Switch.objects.create(entity="product", is_pushed=True)
        yield remote
