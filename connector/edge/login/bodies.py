"""How much of a browser's body is read: a form from anybody, a file from who has signed in."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from connector.edge.errors import ContractError
from connector.edge.framing import check_length
from connector.edge.shapes import error_answer


class BodyLimits:
    """Refuses a body by the length that it announces.

    The middleware against forgery reads a form before any view, whoever sent it, and Django bounds no file in it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        is_known = request.user.is_authenticated
        try:
            check_length(request, settings.CONNECTOR_UPLOAD_LIMIT if is_known else settings.CONNECTOR_BODY_LIMIT)
        except ContractError as exc:
            return error_answer(request, exc)
        return self.get_response(request)
