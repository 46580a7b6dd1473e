from __future__ import annotations

import sys
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser

from connector.edge.audited_command import AuditedCommand
from partners.audit import Actor
from partners.joining import DEFAULT_COMPANY, Joining, join


class Command(AuditedCommand):
    help = (
        "Make a partner with a login and a touchpoint, or find them, and print a new token of the touchpoint, once, on"
        " the last line; an earlier token of it ends."
    )
    told = ("name", "principal", "touchpoint", "company")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="The partner's name.")
        parser.add_argument("--principal", required=True, help="The name it signs in by.")
        parser.add_argument(
            "--password-stdin", action="store_true", required=True, help="Read its password from the standard input."
        )
        parser.add_argument("--touchpoint", required=True, metavar="CODE", help="The code that its calls name.")
        parser.add_argument("--company", default=DEFAULT_COMPANY, help="Whose partner it is (%(default)s).")

    def handle(self, *_args: Any, **options: Any) -> None:
        given = {name: options[name] for name in ("name", "principal", "touchpoint", "company")}
        password = sys.stdin.readline().rstrip("\r\n")
        try:
            touchpoint, text = join(Joining(password=password, **given), Actor("manage.py create_partner"))
        except ValidationError as exc:
            raise CommandError(" ".join(exc.messages)) from exc
        partner = touchpoint.partner
        self.stdout.write(f"partner {partner.pk}: {partner.name}, of company {partner.company_id}")
        self.stdout.write(f"Touchpoint {touchpoint.code} has this token; keep it now, it is shown only once:")
        self.stdout.write(text)
