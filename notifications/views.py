from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from connector.edge.errors import Fault
from connector.edge.headers import PROCESS_ID
from connector.edge.views import ContractView
from notifications import inbound


class NotificationView(ContractView):
    """POST /notification: Dsync reports how a process and its nodes went."""

    def post(self, request: Request) -> Response:
        faults: list[Fault] = []
        process_id = PROCESS_ID.read(request, faults)
        inbound.receive(client_id=self.caller.client_id, header_process_id=process_id, body=self.body, faults=faults)
        return self.answer(200)
