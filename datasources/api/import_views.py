"""Imports of a partner: their state, uploads, templates and results."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from datasources.api import shapes
from datasources.api.answers import answer
from datasources.api.asked import asked_imports, asked_results, asked_template
from datasources.api.files import check_multipart, read_upload
from datasources.api.view import PartnerView
from datasources.errors import UnknownId
from datasources.file_templates import template
from datasources.importing.ending import cancel
from datasources.importing.uploads import upload
from datasources.models import Import
from datasources.results import results_of
from partners.locked import digits


class ImportsView(PartnerView):
    """GET /api/v4/import/status lists imports, page by page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = asked_imports(self.query)
        rows = Import.objects.of_partner(self.partner.pk).filter(asked.fitting)
        start = (asked.page - 1) * asked.size
        shown = rows.order_by(*asked.order)[start : start + asked.size]
        imports = [shapes.import_(row, request) for row in shown]
        return answer(200, {"total": rows.count(), "page": asked.page, "pageSize": asked.size, "imports": imports})


class OneImport(PartnerView):
    def import_of(self, number: str) -> Import:
        found = Import.objects.of_partner(self.partner.pk).filter(pk=digits(number)).first()
        if found is None:
            raise UnknownId("import", "import")
        return found


class ImportView(OneImport):
    """GET /api/v4/import/status/{id}."""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        return answer(200, shapes.import_(self.import_of(number), request))


class CancelView(OneImport):
    """POST /api/v4/import/{id}/cancel ends it; what is imported stays, and one that has ended stays as it is."""

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        row = self.import_of(number)
        cancel(row)
        return answer(200, shapes.import_(row, request))


class ResultsView(OneImport):
    """GET /api/v4/import/{id}/results: the file, with what became of each row; fileType says as what."""

    def get(self, _request: HttpRequest, number: str) -> HttpResponseBase:
        name, content_type, content = results_of(self.import_of(number), asked_results(self.query))
        return StreamingHttpResponse(content, content_type=content_type, headers=attachment(name))


class TemplateView(PartnerView):
    """GET /api/v4/import/template?type=25011: an empty file of a processor."""

    def get(self, _request: HttpRequest) -> HttpResponse:
        name, content_type, content = template(*asked_template(self.query))
        return HttpResponse(content, content_type=content_type, headers=attachment(name))


class UploadView(PartnerView):
    """POST /api/v4/import/file takes a file and answers its import."""

    def check_framing(self, request: HttpRequest) -> None:
        check_multipart(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        row = upload(partner=self.partner, **read_upload(request, self.query))
        row.refresh_from_db()
        return answer(200, shapes.import_(row, request))


def attachment(name: str) -> dict[str, str]:
    return {"Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or "attachment"}
