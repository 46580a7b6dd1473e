from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser

from connector.edge.audited_command import AuditedCommand
from partners.companies import obtain_company


class Command(AuditedCommand):
    help = "Create a company with a member, or find them, and print their numbers."
    told = ("name", "member_id")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="The company's name.")
        parser.add_argument(
            "--member-id", type=int, metavar="N", help="The number that the member shall have (the next free one)."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            company, member = obtain_company(options["name"], member_id=options["member_id"])
        except ValidationError as exc:
            raise CommandError(exc.messages[0]) from exc
        self.stdout.write(f"company {company.pk}: {company.name}")
        self.stdout.write(f"member {member.pk}: {member.name}")
