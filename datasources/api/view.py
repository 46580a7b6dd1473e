"""What every view of the data source contract is: over a touchpoint, of one party, answered in the contract's shape."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse

from connector.edge.errors import Unauthorized
from connector.edge.trace import trace_id
from connector.edge.views import ContractView
from datasources.api.answers import written
from datasources.api.parties import party_of_request, touchpoint_of_request
from datasources.errors import PartnerNotActive, Refused
from partners.audit import Actor
from partners.models import Login, Partner, Role, Status, Touchpoint


class TouchpointView(ContractView):
    """A request's life: 401 without a touchpoint and its token, then 405, then the framing, then the method."""

    touchpoint: Touchpoint

    def identify(self, request: HttpRequest) -> None:
        self.touchpoint = touchpoint_of_request(request)


class PartyView(TouchpointView):
    """A touchpoint's view of the party that has signed in: 401, or 403 where its partner does no business."""

    login: Login

    def identify(self, request: HttpRequest) -> None:
        super().identify(request)
        self.login = party_of_request(request)
        refuse_stranger(self.login, self.touchpoint)

    @property
    def actor(self) -> Actor:
        return Actor(f"login {self.login.principal}", trace_id(self.request))

    def written(self, status: int, **entity: Any) -> HttpResponse:
        return written(self.request, self.login, status, **entity)


class PartnerView(PartyView):
    """A party's view of what is its partner's, for parties with the partner role."""

    def identify(self, request: HttpRequest) -> None:
        super().identify(request)
        if self.login.role != Role.PARTNER:
            sentence = "The party must have the role of partner."
            raise Refused("partner", "InvalidRoleForLoggedParty", sentence)

    @cached_property
    def partner(self) -> Partner:
        return self.login.partner

    @cached_property
    def query(self) -> Mapping[str, str]:
        return self.request.GET.dict()


def refuse_stranger(login: Login, touchpoint: Touchpoint) -> None:
    """Let a party in over a touchpoint of its own partner, while that does business.

    Raises:
        Unauthorized, PartnerNotActive
    """
    if touchpoint.partner_id != login.partner_id:
        raise Unauthorized
    if login.partner.archived or login.partner.status != Status.ACTIVE:
        raise PartnerNotActive
