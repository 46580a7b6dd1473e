from __future__ import annotations

from django.urls import path

from entities.views import DataLayoutView

urlpatterns = [path("datalayout", DataLayoutView.as_view())]
