from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from connector.edge.models import Scope
from connector.edge.tokens import issue


class Command(BaseCommand):
    help = "Issue a token to a client and print it, once, on the last line."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="The client; a second token of a name belongs to the same client.")
        parser.add_argument("--scope", choices=Scope.values, default=Scope.WRITE, help="What it allows (%(default)s).")
        parser.add_argument(
            "--expires", metavar="DATE", help="The day, or moment, from which it is refused (ISO 8601)."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        expires_at = future_moment(options["expires"]) if options["expires"] else None
        name = options["name"].strip()
        if not 1 <= len(name) <= 100:
            raise CommandError("NAME must have 1 to 100 characters.")
        token, text = issue(client_name=name, scope=Scope(options["scope"]), expires_at=expires_at)
        self.stdout.write(f"A {token.scope} token of {token.client.name}; keep it now, it is shown only once:")
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
