"""What every contract view is: authenticated first, framed next, answered in its contract's shape whatever happens."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from connector.edge.authentication import authenticated
from connector.edge.errors import MethodNotAllowed, NotFound
from connector.edge.framing import check_framing, read_body
from connector.edge.quotas import take_of_quota
from connector.edge.shapes import error_answer
from connector.edge.tokens import Caller


class ContractView(View):
    """A request's life: 401, then 429, then 405, then the framing (411, 413, 415, 400), then the method."""

    http_method_names = ["get", "head", "post", "put", "delete", "patch", "trace"]
    caller: Caller

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., HttpResponseBase]:
        return csrf_exempt(super().as_view(**initkwargs))

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            self.identify(request)
            method = str(request.method)
            handler = getattr(self, method.lower(), None) if method.lower() in self.http_method_names else None
            if handler is None:
                raise MethodNotAllowed(method, self.allowed_methods)
            self.check_framing(request)
            answer: HttpResponseBase = handler(request, *args, **kwargs)
        except Exception as exc:  # noqa: BLE001 (whatever happens is answered in the shape of the contract)
            return error_answer(request, exc)
        return answer

    def identify(self, request: HttpRequest) -> None:
        """Set who calls, and take the call out of the client's quota where it has one.

        Raises:
            Unauthorized, TooManyRequests
        """
        self.caller = authenticated(request)
        if self.caller.quota:
            take_of_quota(self.caller.client_id, self.caller.quota)

    def check_framing(self, request: HttpRequest) -> None:
        """Refuse a body that cannot be read whole, or not as JSON."""
        check_framing(request)

    @property
    def allowed_methods(self) -> list[str]:
        return [method.upper() for method in self.http_method_names if hasattr(self, method)]

    @cached_property
    def body(self) -> bytes:
        """The bytes of the body, empty when there is none."""
        return read_body(self.request)


@csrf_exempt
def unknown_route(request: HttpRequest) -> HttpResponse:
    """Answer an address that no contract knows, to anybody."""
    return error_answer(request, NotFound())
