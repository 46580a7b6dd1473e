from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from connector.edge.tokens import issue
from entities.schema import schemas
from tests.conftest import Dsync


@pytest.fixture
def policy(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Give an entity other policies than it declares, for one test."""

    def change(entity: str, **policies: Any) -> None:
        schema = schemas()[entity]
        declaration = replace(schema.declaration, **policies)
        monkeypatch.setattr(schema.validator, "on_unknown", declaration.on_unknown)
        monkeypatch.setattr(schema, "declaration", declaration)

    return change


@pytest.fixture
def twin(dsync: Dsync) -> Dsync:
    """The client of `dsync` with a second token, as after a rotation."""
    return Dsync(issue(client_name="dsync")[1], Client())


@pytest.fixture
def stranger(dsync: Dsync) -> Dsync:
    """Another client."""
    return Dsync(issue(client_name="stranger")[1], Client())
