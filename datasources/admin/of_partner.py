"""The data sources of a partner, beside what else hangs on it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from connector.edge.admin import additions
from connector.edge.admin.text import link, short
from datasources.admin.columns import page, source_state
from datasources.models import DataSource
from partners.admin.panels import newest
from partners.models import Partner


class SourcesOfPartner(additions.Addition):
    def panel(self, request: HttpRequest, row: Any) -> str:
        if not request.user.has_perm("datasources.view_datasource"):
            return ""
        sources = DataSource.objects.of_partner(row.pk).defer("password", "private_key_file", "passphrase")
        return newest("Data sources", ("Source", "State"), sources, cells, row)


additions.add(Partner, SourcesOfPartner())


def cells(source: DataSource) -> tuple[Any, ...]:
    return link(page(source), short(str(source))), source_state(source)
