from __future__ import annotations

import sys
from getpass import getpass
from typing import Any

from django.core.management.base import CommandError, CommandParser

from connector.edge.audited_command import AuditedCommand
from entities.management.named import entity_named
from sync.push.tokens import fault_of, set_token


class Command(AuditedCommand):
    help = "Keep a token of Dsync's for what is pushed, encrypted; it is read from standard input."
    told = ("entity",)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "entity", nargs="?", default="", help="Whose Entity-Token it is at Dsync; without it, it is the Auth-Token."
        )

    def handle(self, *_args: Any, entity: str, **_options: Any) -> None:
        if entity:
            entity_named(entity)
        token = read_token()
        if fault := fault_of(token):
            raise CommandError(fault)
        self.stdout.write(f"{set_token(entity, token)} is set.")


def read_token() -> str:
    """Return the first line of standard input; a terminal does not show what is typed."""
    return (getpass("Token: ") if sys.stdin.isatty() else sys.stdin.readline()).strip()
