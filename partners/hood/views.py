from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from partners.creating import create_contact
from partners.fields.tables import CONTACT
from partners.hood.answers import answer, done
from partners.hood.listings import CONTACTS, MEMBERS, listed, single
from partners.hood.resources import PARTNERS, Resource
from partners.hood.view import HoodView
from partners.models import Member
from partners.updating import update_contact


class OfResource(HoodView):
    """A view of partners, of deals or of campaigns, as the route says."""

    resource: Resource = PARTNERS


class RowsView(OfResource):
    """GET /v1/hood/partners lists them, POST adds one and answers it as it stands."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return listed(self.resource.listing, self.resource.rows(self.company_id), request.GET)

    def post(self, _request: HttpRequest) -> HttpResponse:
        sent = self.resource.form.of_new(self.body)
        row = self.resource.create(company_id=self.company_id, sent=sent, actor=self.actor)
        return answer(201, self.resource.listing.whole(row))


class RowView(OfResource):
    """GET /v1/hood/partners/{id} shows one, PATCH changes what is sent of it."""

    def get(self, _request: HttpRequest, number: str) -> HttpResponse:
        return single(self.resource.listing, self.resource.row(self.company_id, number))

    def patch(self, _request: HttpRequest, number: str) -> HttpResponse:
        sent = self.resource.form.of_change(self.body)
        self.resource.update(company_id=self.company_id, number=number, sent=sent, actor=self.actor)
        return done()


class ArchiveView(OfResource):
    def post(self, _request: HttpRequest, number: str) -> HttpResponse:
        self.resource.archive(company_id=self.company_id, number=number, actor=self.actor)
        return done()


class ContactsView(HoodView):
    """/v1/hood/partners/{id}/contacts: further contacts, apart from the partner's own `contact`."""

    def get(self, request: HttpRequest, partner: str) -> HttpResponse:
        contacts = PARTNERS.row(self.company_id, partner).contacts.all()
        return listed(CONTACTS, contacts, request.GET)

    def post(self, _request: HttpRequest, partner: str) -> HttpResponse:
        sent = CONTACT.of_new(self.body)
        contact = create_contact(company_id=self.company_id, partner=partner, sent=sent, actor=self.actor)
        return answer(201, CONTACTS.whole(contact))


class ContactView(HoodView):
    def patch(self, _request: HttpRequest, partner: str, number: str) -> HttpResponse:
        sent = CONTACT.of_change(self.body)
        update_contact(company_id=self.company_id, partner=partner, number=number, sent=sent, actor=self.actor)
        return done()


class MembersView(HoodView):
    """GET /v1/hood/members: those whose ids `manager_ids` may name."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return listed(MEMBERS, Member.objects.of_company(self.company_id), request.GET)
