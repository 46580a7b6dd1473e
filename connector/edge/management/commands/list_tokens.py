from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from connector.edge.models import Token
from connector.edge.tenants import with_tenant_names


class Command(BaseCommand):
    help = "List all tokens by client: their prefix, scope, tenant, state and last use; never the tokens themselves."

    def handle(self, *_args: Any, **_options: Any) -> None:
        rows = [
            (*owner_of(token), token.state, day(token.expires_at), day(token.last_used_at))
            for token in with_tenant_names(Token.objects.select_related("client").order_by("client__name", "pk"))
        ]
        header = ("CLIENT", "PREFIX", "SCOPE", "TENANT", "STATE", "EXPIRES", "LAST USED")
        widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]
        for row in [header, *rows]:
            self.stdout.write("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def owner_of(token: Any) -> tuple[str, str, str, str]:
    return token.client.name, token.prefix, token.scope, token.tenant_name or "all"


def day(moment: Any) -> str:
    return moment.strftime("%Y-%m-%d %H:%M") if moment else "never"
