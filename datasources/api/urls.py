from __future__ import annotations

from django.urls import path

from datasources.api.email_views import EmailsView
from datasources.api.import_views import (
    CancelView,
    ImportsView,
    ImportView,
    ResultsView,
    TemplateView,
    UploadView,
)
from datasources.api.session_views import LogoutView, PeopleView, SignInView
from datasources.api.source_views import RunView, SourcesView, SourceView, TestView

SOURCE = "partner/datasources/<str:number>"
urlpatterns = [
    path("signin", SignInView.as_view()),
    path("logout", LogoutView.as_view()),
    path("people/home", PeopleView.as_view()),
    path("people/profile", PeopleView.as_view()),
    path("people/consumer", PeopleView.as_view()),
    path("partner/datasources", SourcesView.as_view()),
    path(SOURCE, SourceView.as_view()),
    path(f"{SOURCE}/test", TestView.as_view()),
    path(f"{SOURCE}/run", RunView.as_view()),
    path("partner/emails", EmailsView.as_view()),
    path("import/status", ImportsView.as_view()),
    path("import/status/<str:number>", ImportView.as_view()),
    path("import/file", UploadView.as_view()),
    path("import/template", TemplateView.as_view()),
    path("import/<str:number>/results", ResultsView.as_view()),
    path("import/<str:number>/cancel", CancelView.as_view()),
]
