from __future__ import annotations

from django.contrib import admin
from django.urls import path

from console.views import find

urlpatterns = [
    path("find/", admin.site.admin_view(find), name="find"),
]
