from __future__ import annotations

from django.urls import path, re_path

from sync.views import DeliveryView, EntityView, ItemsView, ProcessView, SetJobView, TotalView

urlpatterns = [
    re_path(r"^entity/(?P<entity_name>[^/]+)/set_job\Z", SetJobView.as_view()),
    re_path(r"^entity/(?P<entity_name>[^/]+)\Z", EntityView.as_view()),
    path("api/sync/total", TotalView.as_view()),
    path("api/sync/items", ItemsView.as_view()),
    re_path(r"^delivery/(?P<number>[0-9]+)\Z", DeliveryView.as_view()),
    re_path(r"^process/(?P<process_id>.+)\Z", ProcessView.as_view()),
]
