"""Which errors an address answers with: the envelope, unless a room has registered another shape for its addresses."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from connector.edge.envelope import as_contract_error, envelope_of
from connector.edge.errors import ContractError

Shape = Callable[[HttpRequest, ContractError], HttpResponse]
_shapes: dict[str, Shape] = {}


def register_shape(prefix: str, shape: Shape) -> None:
    """Have an address, such as `/v1/hood`, and all under it answer errors in this shape, also those of no route."""
    _shapes[prefix] = shape


def error_answer(request: HttpRequest, exc: Exception) -> HttpResponse:
    """Return the answer to what was raised; what nobody expected is logged and answered 500."""
    error = as_contract_error(exc)
    under = f"{request.path_info}/"
    for prefix, shape in _shapes.items():
        if under.startswith(f"{prefix}/"):
            return shape(request, error)
    return envelope_of(error)
