"""What every contract view is: authenticated first, framed next, answered in the envelope whatever happens."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from connector.edge.authentication import AuthToken
from connector.edge.envelope import AlwaysJson, EnvelopeRenderer, envelope, error_answer
from connector.edge.errors import MethodNotAllowed, NotFound
from connector.edge.framing import BodyParser, check_framing
from connector.edge.tokens import Caller


class ContractView(APIView):
    """A request's life: 401, then 405, then the framing (411, 413, 415, 400), then the method."""

    authentication_classes = [AuthToken]
    permission_classes = []
    throttle_classes = []
    parser_classes = [BodyParser]
    renderer_classes = [EnvelopeRenderer]
    content_negotiation_class = AlwaysJson
    http_method_names = ["get", "head", "post", "put", "delete", "patch", "trace"]

    def initial(self, request: Request, *_args: Any, **_kwargs: Any) -> None:
        self.perform_authentication(request)
        method = str(request.method).lower()
        if method not in self.http_method_names or not hasattr(self, method):
            raise MethodNotAllowed(request.method, self.allowed_methods)
        check_framing(request._request)  # noqa: SLF001 (the Django request has no public name in DRF)

    def handle_exception(self, exc: Exception) -> HttpResponse:  # type: ignore[override]  # rendered already
        return error_answer(exc)

    @property
    def default_response_headers(self) -> dict[str, str]:
        return {}

    @property
    def caller(self) -> Caller:
        caller: Any = self.request.user
        return cast("Caller", caller)

    @property
    def body(self) -> bytes:
        """The bytes of the body, empty when there is none."""
        return cast("bytes", self.request.data or b"")

    def answer(self, status: int, **parts: Any) -> Response:
        """Return an answer; `parts` are data, detail and headers."""
        headers = parts.pop("headers", None)
        return Response(envelope(status, **parts), status=status, headers=headers)


@csrf_exempt
def unknown_route(_request: HttpRequest) -> HttpResponse:
    """Answer an address that no contract knows, to anybody."""
    return error_answer(NotFound())
