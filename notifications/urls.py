from __future__ import annotations

from django.urls import path

from notifications.views import NotificationView

urlpatterns = [path("notification", NotificationView.as_view())]
