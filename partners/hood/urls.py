from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path

from partners.hood.resources import CAMPAIGNS, DEALS, PARTNERS, Resource
from partners.hood.views import ArchiveView, ContactsView, ContactView, MembersView, RowsView, RowView


def of(resource: Resource) -> list[URLPattern]:
    """Return the routes that every noun has."""
    rows, of_resource = f"{resource.noun}s", {"resource": resource}
    views: list[tuple[str, Any]] = [("", RowsView), ("/<str:number>", RowView), ("/<str:number>/archive", ArchiveView)]
    return [path(f"{rows}{rest}", view.as_view(**of_resource)) for rest, view in views]


urlpatterns = [
    *of(PARTNERS),
    *of(DEALS),
    *of(CAMPAIGNS),
    path("partners/<str:partner>/contacts", ContactsView.as_view()),
    path("partners/<str:partner>/contacts/<str:number>", ContactView.as_view()),
    path("members", MembersView.as_view()),
]
