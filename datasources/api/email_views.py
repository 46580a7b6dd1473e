"""The addresses that are told of imports."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from datasources import recipients
from datasources.api import shapes
from datasources.api.answers import answer
from datasources.api.forms import EMAIL
from datasources.api.view import PartnerView
from datasources.models import Recipient
from partners.fields.sent import Sent


class EmailsView(PartnerView):
    """/api/v4/partner/emails: GET lists them, POST adds one, PUT ?email= changes that one."""

    def get(self, _request: HttpRequest) -> HttpResponse:
        return answer(200, {"partnerEmails": [shapes.recipient(row) for row in self.partner.recipients.order_by("pk")]})

    def post(self, _request: HttpRequest) -> HttpResponse:
        sent = self.read()
        return self.shown(recipients.add_recipient(self.partner, **sent.values))

    def put(self, _request: HttpRequest) -> HttpResponse:
        sent = self.read()
        current = self.query.get("email", "")
        return self.shown(recipients.change_recipient(self.partner, current, **sent.values))

    def read(self) -> Sent:
        sent = EMAIL.of_new(self.body)
        sent.check()
        return sent

    def shown(self, row: Recipient) -> HttpResponse:
        return self.written(201, partner_email=shapes.recipient(row))
