from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import CommandError, CommandParser

from connector.edge.audited_command import AuditedCommand
from connector.edge.login.second_factor import take_away


class Command(AuditedCommand):
    told = ("username",)
    help = "Remove the second factor of a user who has lost it; the password alone opens the admin then."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="The name by which the user signs in.")

    def handle(self, *_args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError("There is no user of this name.")
        self.stdout.write("Removed." if take_away(user) else "This user has no second factor.")
