"""Data sources of a partner."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from datasources import runs, sources
from datasources.api import shapes
from datasources.api.answers import answer
from datasources.api.forms import ABSENT, DATA_SOURCE
from datasources.api.view import PartnerView
from datasources.models import DataSource
from datasources.remote import testing
from partners.fields.sent import Sent
from sync.work import wake


class SourceWrites(PartnerView):
    def read(self) -> Sent:
        """Return what the body says; a published field that it leaves out is what it is by default."""
        sent = DATA_SOURCE.of_new(self.body)
        for column, value in ABSENT.items():
            sent.values.setdefault(column, value)
        return sent

    def shown(self, status: int, source: DataSource, sent: Sent) -> HttpResponse:
        return self.written(status, datasource=shapes.data_source(source, told=sent.values))


class SourcesView(SourceWrites):
    """GET /api/v4/partner/datasources lists them, POST adds one."""

    def get(self, _request: HttpRequest) -> HttpResponse:
        rows = DataSource.objects.of_partner(self.partner.pk).select_related("touchpoint").order_by("pk")
        return answer(200, {"datasources": [shapes.data_source(row) for row in rows]})

    def post(self, _request: HttpRequest) -> HttpResponse:
        sent = self.read()
        return self.shown(201, sources.create_source(self.partner, sent, self.actor), sent)


class SourceView(SourceWrites):
    """/api/v4/partner/datasources/{id}: GET shows it, PUT replaces it, DELETE takes it away."""

    def get(self, _request: HttpRequest, number: str) -> HttpResponse:
        return answer(200, {"datasource": shapes.data_source(sources.source_of(self.partner, number))})

    def put(self, _request: HttpRequest, number: str) -> HttpResponse:
        sent = self.read()
        return self.shown(200, sources.replace_source(self.partner, number, sent, self.actor), sent)

    def delete(self, _request: HttpRequest, number: str) -> HttpResponse:
        source = sources.delete_source(self.partner, number, self.actor)
        return self.written(200, datasource=shapes.data_source(source))


class TestView(PartnerView):
    """POST .../{id}/test connects, lists, and tells what a run would import; nothing is imported."""

    def post(self, _request: HttpRequest, number: str) -> HttpResponse:
        return answer(200, {"test": testing.test(sources.source_of(self.partner, number))})


class RunView(PartnerView):
    """POST .../{id}/run has the source looked at now."""

    @transaction.atomic
    def post(self, _request: HttpRequest, number: str) -> HttpResponse:
        run = runs.ask_run(sources.source_of(self.partner, number))
        transaction.on_commit(wake.workers)
        return answer(202, {"run": {"id": run.pk, "state": run.state, "partnerDatasourceId": run.source_id}})
