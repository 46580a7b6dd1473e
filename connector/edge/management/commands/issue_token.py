from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser

from connector.edge.audited_command import AuditedCommand
from connector.edge.models import Scope
from connector.edge.tenants import issuable_scopes, issue_to, nouns


class Command(AuditedCommand):
    help = "Issue a token to a client and print it, once, on the last line."
    told = ("name", "scope", "expires", "tenant")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="The client; a second token of a name belongs to the same client.")
        scopes = [scope.value for scope in issuable_scopes()]
        parser.add_argument("--scope", choices=scopes, default=Scope.WRITE.value, help="What it allows (%(default)s).")
        parser.add_argument(
            "--expires", metavar="DATE", help="The day, or moment, from which it is refused (ISO 8601)."
        )
        for noun in nouns():
            told = f"The {noun} whose data it opens, where its scope has such; made when it is new."
            parser.add_argument(f"--{noun}", dest="tenant", metavar=noun.upper(), default="", help=told)

    def handle(self, *_args: Any, **options: Any) -> None:
        expires_at = future_moment(options["expires"]) if options["expires"] else None
        name = options["name"].strip()
        if not 1 <= len(name) <= 100:
            raise CommandError("NAME must have 1 to 100 characters.")
        scope, tenant = Scope(options["scope"]), options.get("tenant", "")
        try:
            token, text = issue_to(client_name=name, scope=scope, tenant_name=tenant, expires_at=expires_at)
        except ValidationError as exc:
            raise CommandError(" ".join(exc.messages)) from exc
        owner = f"{token.client.name} for {tenant}" if tenant else token.client.name
        self.stdout.write(f"A {token.scope} token of {owner}; keep it now, it is shown only once:")
        self.stdout.write(text)


def future_moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as exc:
        raise CommandError(f"--expires must be a date such as 2030-12-31, not {text!r}.") from exc
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if moment <= datetime.now(UTC):
        raise CommandError(f"--expires must lie in the future, and {text} does not.")
    return moment
