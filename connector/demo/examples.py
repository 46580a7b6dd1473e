"""The published request and response bodies, byte for byte."""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "contract" / "examples"

SKU = "hde012"
PROCESS_ID = "123456"


def published(name: str) -> bytes:
    """Return one published body, e.g. of `create.request`."""
    return (FOLDER / f"{name}.json").read_bytes()


def without_trailing_comma(body: bytes) -> bytes:
    """Return the body as valid JSON: the published set_job example is not."""
    return re.sub(rb",(?=\s*})", b"", body)
