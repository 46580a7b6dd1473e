"""Checks of the settings of what comes in."""

from __future__ import annotations

from typing import Any

import pytest

from connector.edge.bounds import LEAST, check_bounds


@pytest.mark.parametrize("name", LEAST)
def test_a_number_is_taken_from_its_least_on(settings: Any, name: str) -> None:
    setattr(settings, name, LEAST[name])
    assert check_bounds() == []
    setattr(settings, name, LEAST[name] - 1)
    assert [(error.id, error.msg.split()[0]) for error in check_bounds()] == [("settings.E001", name)]


@pytest.mark.parametrize("url", ["connector.example.com", "ftp://example.com", "https://", "https://[", "https://x:y"])
def test_an_address_that_leads_nowhere_is_refused(settings: Any, url: str) -> None:
    settings.CONNECTOR_PUBLIC_URL = url
    assert [error.id for error in check_bounds()] == ["settings.E002"]
