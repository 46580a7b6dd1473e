"""Whether this process lives, and whether it can take writes. Nothing here asks for a token."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from connector.edge.envelope import answer
from connector.edge.errors import MethodNotAllowed
from connector.edge.health import database, parts

View = Callable[[HttpRequest], HttpResponse]


def probe(view: View) -> View:
    """Take GET and HEAD alone, and keep every cache out."""

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            raise MethodNotAllowed(request.method, ["GET", "HEAD"])
        response = view(request)
        response["Cache-Control"] = "no-store"
        return response

    return guarded


@probe
def live(_request: HttpRequest) -> HttpResponse:
    """Answer 200 as long as the process answers at all."""
    return answer(200)


@probe
def ready(_request: HttpRequest) -> HttpResponse:
    """Answer 200 while the database takes writes and is migrated; what else is away is only told."""
    database.check_writable()
    database.check_migrated()
    return answer(200, data={"degraded": parts.degraded()})
