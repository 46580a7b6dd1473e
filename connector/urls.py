"""Every route of the service. Contract routes are written without slashes at either end; the edge takes any."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from connector.edge.health.views import live, ready
from connector.edge.views import unknown_route

handler500 = "connector.edge.middleware.server_error"

urlpatterns = [
    path("admin", RedirectView.as_view(url="/admin/")),
    path("admin/", admin.site.urls),
    path("health/live", live),
    path("health/ready", ready),
    path("", include("entities.urls")),
    path("", include("notifications.urls")),
    path("", include("sync.urls")),
    re_path(r"", unknown_route),
]
