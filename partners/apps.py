from __future__ import annotations

from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "partners"
    verbose_name = "Partners"

    def ready(self) -> None:
        from connector.edge.models import Scope  # noqa: PLC0415 (these need the app registry)
        from connector.edge.shapes import register_shape  # noqa: PLC0415
        from connector.edge.tenants import Tenants, register_tenants  # noqa: PLC0415
        from partners.companies import company_for_token, company_name  # noqa: PLC0415
        from partners.hood.answers import error_answer  # noqa: PLC0415

        register_shape("/v1/hood", error_answer)
        register_tenants(Scope.HOOD, Tenants(noun="company", obtain=company_for_token, name=company_name))
