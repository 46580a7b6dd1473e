"""What somebody sees whose role does not let them."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 (Django's)
    """Say so on a page of the admin, from which there is a way on."""
    context = {**admin.site.each_context(request), "title": "Not allowed"}
    return TemplateResponse(request, "edge/refused.html", context, status=403)
