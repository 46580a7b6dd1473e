from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from connector.edge.views import ContractView
from entities.data_layout import data_layout
from entities.tokens import entity_tokens


class DataLayoutView(ContractView):
    """GET /datalayout: every entity and field that this connector takes."""

    def get(self, _request: Request) -> Response:
        return self.answer(200, data={"data_layout": data_layout(entity_tokens())})
