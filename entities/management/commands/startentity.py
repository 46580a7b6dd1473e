from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from entities.starter.draft import Unfit
from entities.starter.start import Wish, start_entity

NEXT = """
Read the model: what was guessed says so. Then
  manage.py makemigrations entities
  manage.py migrate
  manage.py layout --lock layout.lock.json
  make test ARGS=tests/contract/test_{name}.py"""


class Command(BaseCommand):
    help = "Writes the model, the example and the test of a new entity from a sample; nothing is ever overwritten."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="The new entity's name, such as warehouse.")
        parser.add_argument(
            "--from",
            dest="sample",
            type=Path,
            required=True,
            metavar="FILE",
            help="A record or a list of records (.json), a table with a header (.csv), or a data layout (.json).",
        )
        parser.add_argument("--entity", help="Which entity of the data layout, where it has several.")
        parser.add_argument("--key", help="The field that is the key, where the guess would be wrong.")

    def handle(self, *_args: Any, **options: Any) -> None:
        wish = Wish(options["name"], options["entity"], options["key"])
        try:
            written = start_entity(settings.BASE_DIR, wish, options["sample"])
        except Unfit as exc:
            raise CommandError(f"No entity was started:\n{exc}") from exc
        for path in written:
            self.stdout.write(str(path.relative_to(settings.BASE_DIR)))
        self.stdout.write(NEXT.format(name=wish.name))
