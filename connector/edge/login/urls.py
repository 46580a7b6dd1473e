"""The addresses of the second factor, each for who has signed in by password."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from connector.edge.login import views

urlpatterns = [
    path("", admin.site.admin_view(views.second_factor), name="second_factor"),
    path("check/", admin.site.admin_view(views.check), name="second_factor_check"),
    path("confirm/", admin.site.admin_view(views.confirm), name="second_factor_confirm"),
    path("codes/", admin.site.admin_view(views.renew), name="second_factor_codes"),
    path("remove/", admin.site.admin_view(views.remove), name="second_factor_remove"),
]
