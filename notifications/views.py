from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from connector.edge.envelope import answer
from connector.edge.errors import Fault
from connector.edge.headers import PROCESS_ID
from connector.edge.trace import note
from connector.edge.views import ContractView
from notifications import inbound


class NotificationView(ContractView):
    """POST /notification: Dsync reports how a process and its nodes went."""

    def post(self, request: HttpRequest) -> HttpResponse:
        faults: list[Fault] = []
        process_id = PROCESS_ID.read(request, faults)
        if process_id:
            note(process_id=process_id)
        inbound.receive(client_id=self.caller.client_id, header_process_id=process_id, body=self.body, faults=faults)
        return answer(200)
