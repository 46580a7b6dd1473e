from __future__ import annotations

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response

from connector.edge.views import ContractView
from entities.schema import schemas
from entities.tokens import entity_tokens


class DataLayoutView(ContractView):
    """GET /datalayout: every entity and field that this connector takes."""

    def get(self, _request: Request) -> Response:
        tokens = entity_tokens()
        layout = [
            schema.layout(
                entity_token=tokens[schema.name],
                endpoint_url=f"{settings.CONNECTOR_PUBLIC_URL}/entity/{schema.name}",
            )
            for schema in schemas().values()
        ]
        return self.answer(200, data={"data_layout": layout})
