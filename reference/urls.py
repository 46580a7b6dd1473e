from __future__ import annotations

from django.urls import path

from reference.views import of_entity, openapi, page

urlpatterns = [
    path("openapi.json", openapi),
    path("schemas/<str:entity>.json", of_entity),
    path("docs", page),
    path("docs/", page),
]
