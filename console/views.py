"""The console's own pages."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from console.kinds import lists
from console.search import LONGEST, search


def find(request: HttpRequest) -> HttpResponse:
    """Lead to the one page that a term names; else show what it names, or how to look on."""
    term = request.GET.get("q", "").strip()
    hits = search(request, term)
    if len(hits) == 1:
        return HttpResponseRedirect(hits[0].url)
    context = {
        **admin.site.each_context(request),
        "title": "Find",
        "term": term[:LONGEST],
        "hits": hits,
        "lists": list(lists(request, term[:LONGEST])) if term and not hits else [],
    }
    return TemplateResponse(request, "console/find.html", context)
