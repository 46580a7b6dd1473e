"""The OpenAPI document of this deployment."""

from __future__ import annotations

from functools import cache
from typing import Any

from apispec import APISpec
from django.conf import settings

from reference import dsync, hood, thalamus

CONTRACTS = (dsync.CONTRACT, hood.CONTRACT, thalamus.CONTRACT)
RELEASE = "0.1.0"
DESCRIPTION = """\
Three contracts over one store of records. Each has its tag, its tokens and its shape of errors; a token of one opens no
other. Any number of slashes is taken around and within an address, and GET may be HEAD.

A body is a JSON object in strict UTF-8, of `application/json` and with `Content-Length`: no key comes twice, no number
is infinite, there is no NUL character, and nothing is nested deeper than 32 levels. Every answer has an `X-Request-Id`,
by which logs are searched.
"""


@cache
def document() -> dict[str, Any]:
    """Return the document; it is made once, since entities do not change while a process runs."""
    spec = APISpec(
        title="Connector",
        version=RELEASE,
        openapi_version="3.1.0",
        info={"description": DESCRIPTION},
        servers=[{"url": settings.CONNECTOR_PUBLIC_URL or "/"}],
    )
    for contract in CONTRACTS:
        contract.declare(spec)
    return spec.to_dict()
