"""Every route of the service. Contract routes are written without slashes at either end; the edge takes any."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from connector.edge.health.views import live, ready
from connector.edge.metrics.views import metrics
from connector.edge.views import unknown_route
from entities.admin.layout import page as data_layout

handler403 = "connector.edge.admin.refusal.refused"
handler500 = "connector.edge.middleware.server_error"

urlpatterns = [
    path("", include("sync.urls")),  # First, because most requests are writes.
    path("", include("entities.urls")),
    path("", include("notifications.urls")),
    path("v1/hood/", include("partners.hood.urls")),
    path("api/v4/", include("datasources.api.urls")),
    path("", include("reference.urls")),
    path("health/live", live),
    path("health/ready", ready),
    path("metrics", metrics),
    path("admin", RedirectView.as_view(url="/admin/")),
    path("admin/second-factor/", include("connector.edge.login.urls")),
    path("admin/", include("console.urls")),
    path("admin/layout/", admin.site.admin_view(data_layout), name="data_layout"),
    path("admin/", admin.site.urls),
    re_path(r"", unknown_route),
]
