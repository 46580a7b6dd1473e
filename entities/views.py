from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from connector.edge.envelope import answer
from connector.edge.views import ContractView
from entities.data_layout import data_layout
from entities.tokens import entity_tokens


class DataLayoutView(ContractView):
    """GET /datalayout: every entity and field that this connector takes."""

    def get(self, _request: HttpRequest) -> HttpResponse:
        return answer(200, data={"data_layout": data_layout(entity_tokens())})
