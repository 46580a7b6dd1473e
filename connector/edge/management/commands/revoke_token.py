from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from connector.edge.models import Token


class Command(BaseCommand):
    help = "Revoke the token that starts with PREFIX; it is refused everywhere within 5 seconds."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("prefix", help="What list_tokens shows, or the first characters of it that are unique.")

    def handle(self, *_args: Any, **options: Any) -> None:
        # Who pastes the whole token means its prefix; neither is printed again.
        prefix = "_".join(options["prefix"].split("_")[:2])
        tokens = list(Token.objects.filter(prefix__startswith=prefix)[:2])
        if len(tokens) != 1:
            found = "No token starts" if not tokens else "Several tokens start"
            raise CommandError(f"{found} so; list_tokens shows them all.")
        fresh = tokens[0].revoke()
        self.stdout.write(f"{tokens[0].prefix} {'is revoked' if fresh else 'was revoked before'}.")
