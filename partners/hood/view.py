"""What every view of the partner contract is: of one company, within its rates, answered in the contract's shape."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from connector.edge.bearer import bearer_caller
from connector.edge.errors import TooManyRequests, Unauthorized
from connector.edge.models import Scope
from connector.edge.rates import Admission, admit
from connector.edge.trace import trace_id
from connector.edge.views import ContractView
from partners.audit import Actor


class HoodView(ContractView):
    """A request's life: 401, then 429, then 405, then the framing (411, 413, 415, 400), then the method."""

    admission = Admission()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer = super().dispatch(request, *args, **kwargs)
        for name, value in self.admission.headers.items():
            answer[name] = value
        return answer

    def identify(self, request: HttpRequest) -> None:
        """Set who calls, and take the call out of what the company may.

        Raises:
            Unauthorized, TooManyRequests
        """
        caller = bearer_caller(request, Scope.HOOD)
        if caller is None:
            raise Unauthorized
        self.caller = caller
        self.admission = admit(caller.account)
        if not self.admission.admitted:
            raise TooManyRequests(self.admission.retry_after)

    @property
    def company_id(self) -> int:
        """The company whose rows are all that this request sees."""
        return int(self.caller.tenant)

    @property
    def actor(self) -> Actor:
        return Actor(f"client {self.caller.client_name}", trace_id(self.request))
