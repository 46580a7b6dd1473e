from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from entities.schema import schemas
from entities.tokens import rotate


class Command(BaseCommand):
    help = (
        "Give an entity a new Entity-Token; the old one is refused within 5 seconds. Dsync must read the layout again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="The entity's name, such as product.")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["name"] not in schemas():
            raise CommandError(f"There is no entity {options['name']!r}; there are {', '.join(schemas())}.")
        self.stdout.write(rotate(options["name"]))
