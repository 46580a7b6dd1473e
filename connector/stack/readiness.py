"""What `GET /health/ready` of the stack says."""

from __future__ import annotations

import json
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import urlopen


def is_ready(url: str) -> bool:
    """Tell whether the service takes writes and nothing is degraded."""
    try:
        with urlopen(f"{url}/health/ready", timeout=10) as answer:  # noqa: S310 (our own http URL)
            return not json.load(answer)["data"]["degraded"]
    except (HTTPError, HTTPException, OSError):
        return False
