"""What is refused or warned of at start-up."""

from __future__ import annotations

from typing import Any

import pytest

from sync.checks import check_push_url


@pytest.mark.parametrize(
    ("url", "ids"),
    [
        ("https://api.dsync.com/api/realtime", []),
        ("http://127.0.0.1:9/x", ["sync.W001"]),
        ("ftp://example.com/", ["sync.E001"]),
        ("https:///x", ["sync.E001"]),
        ("example.com", ["sync.E001"]),
        ("", ["sync.E001"]),
        ("https://user:word@example.com/", ["sync.E001"]),
        ("https://user:word\u2100@example.com/", ["sync.E001"]),
        ("https://example.com:word/", ["sync.E001"]),
    ],
)
def test_url_of_pushes_is_judged(settings: Any, url: str, ids: list[str]) -> None:
    settings.CONNECTOR_PUSH_URL = url
    messages = check_push_url()
    assert [message.id for message in messages] == ids
    assert "word" not in str(messages)
