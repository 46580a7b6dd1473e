"""Checks of the settings of what comes in."""

from __future__ import annotations

from typing import Any

import pytest

from connector.edge.bounds import check_bounds
from connector.edge.checks import check_token_guesses


@pytest.mark.parametrize(("guesses", "ids"), [(-1, ["edge.E012"]), (0, []), (30, [])])
def test_a_number_of_guesses_that_is_none_is_refused(settings: Any, guesses: int, ids: list[str]) -> None:
    settings.CONNECTOR_TOKEN_GUESSES = guesses
    assert [error.id for error in check_token_guesses()] == ids


@pytest.mark.parametrize("url", ["connector.example.com", "ftp://example.com", "https://", "https://[", "https://x:y"])
def test_an_address_that_leads_nowhere_is_refused(settings: Any, url: str) -> None:
    settings.CONNECTOR_PUBLIC_URL = url
    assert [error.id for error in check_bounds()] == ["settings.E002"]
