from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from connector.edge.models import Token


class Command(BaseCommand):
    help = "List all tokens by client: their prefix, scope, state and last use; never the tokens themselves."

    def handle(self, *_args: Any, **_options: Any) -> None:
        rows = [
            (token.client.name, token.prefix, token.scope, token.state, day(token.expires_at), day(token.last_used_at))
            for token in Token.objects.select_related("client").order_by("client__name", "pk")
        ]
        header = ("CLIENT", "PREFIX", "SCOPE", "STATE", "EXPIRES", "LAST USED")
        widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]
        for row in [header, *rows]:
            self.stdout.write("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def day(moment: Any) -> str:
    return moment.strftime("%Y-%m-%d %H:%M") if moment else "never"
