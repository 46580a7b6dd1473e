from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from connector.edge.audited_command import AuditedCommand
from connector.edge.models import Token


class Command(AuditedCommand):
    help = "Revoke the token that starts with PREFIX; it is refused everywhere within 5 seconds."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("prefix", help="What list_tokens shows, or the first characters of it that are unique.")

    def words(self, options: dict[str, Any]) -> str:
        """Tell the prefix of the token that is meant, and nothing of what was typed."""
        return " ".join(["revoke_token", *(token.prefix for token in meant(options["prefix"]))])

    def handle(self, *_args: Any, **options: Any) -> None:
        tokens = meant(options["prefix"])
        if len(tokens) != 1:
            found = "No token starts" if not tokens else "Several tokens start"
            raise CommandError(f"{found} so; list_tokens shows them all.")
        fresh = tokens[0].revoke()
        self.stdout.write(f"{tokens[0].prefix} {'is revoked' if fresh else 'was revoked before'}.")


def meant(typed: str) -> list[Token]:
    """Return up to two tokens; who pastes the whole token means its prefix, and neither is printed again."""
    return list(Token.objects.filter(prefix__startswith="_".join(typed.split("_")[:2]))[:2])
