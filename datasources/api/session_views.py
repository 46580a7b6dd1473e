"""Signing in and out, and the pages that a context links to."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from connector.edge.address import origin_of
from connector.edge.errors import Unauthorized
from datasources.api.answers import answer, context_of, written
from datasources.api.forms import SIGN_IN
from datasources.api.parties import begin_session, end_session
from datasources.api.view import PartyView, TouchpointView, refuse_stranger
from partners.passwords import party_of


class SignInView(TouchpointView):
    """POST /api/v4/signin begins a session."""

    def post(self, request: HttpRequest) -> HttpResponse:
        sent = SIGN_IN.of_new(self.body)
        sent.check()
        login = party_of(**sent.values, address=origin_of(request) or "")
        if login is None:
            raise Unauthorized
        refuse_stranger(login, self.touchpoint)
        return begin_session(written(request, login, 200), login)


class LogoutView(TouchpointView):
    """GET /api/v4/logout ends the session, where there is one."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return end_session(request, answer(200, {}))


class PeopleView(PartyView):
    """GET /api/v4/people/home, profile and consumer: what a context says of the party."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return answer(200, context_of(request, self.login))
