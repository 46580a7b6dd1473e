"""Who may see the reference: anybody, people who have signed in to the admin, or nobody (`CONNECTOR_REFERENCE`)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from connector.edge.errors import MethodNotAllowed, NotFound
from connector.edge.shapes import error_answer

PUBLIC, STAFF, OFF = "public", "staff", "off"
AUDIENCES = (PUBLIC, STAFF, OFF)
View = Callable[..., HttpResponseBase]


def reference(view: View) -> View:
    """Show a view to those who may see the reference; to anybody else there is nothing, or the way to the login."""
    for_staff = admin.site.admin_view(view)

    @wraps(view)
    def guarded(request: HttpRequest, **asked: Any) -> HttpResponseBase:
        audience = settings.CONNECTOR_REFERENCE
        if audience == OFF:
            return error_answer(request, NotFound())
        if request.method not in {"GET", "HEAD"}:
            return error_answer(request, MethodNotAllowed(request.method, ["GET", "HEAD"]))
        return view(request, **asked) if audience == PUBLIC else for_staff(request, **asked)

    return guarded
