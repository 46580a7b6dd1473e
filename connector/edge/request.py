"""The request as the WSGI server hands it over."""

from __future__ import annotations

from typing import Any

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters


class Utf8Request(WSGIRequest):
    """A request in UTF-8, whatever charset its content type names.

    Django takes any codec that Python knows, also those that are no text encoding (`charset=hex`), reads the query by
    it before any middleware runs, and the error ends in the WSGI server's own page.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))


class Handler(WSGIHandler):
    request_class = Utf8Request
