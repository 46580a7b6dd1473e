from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Count

from entities.management.named import entity_named
from sync.management.resync.following import between
from sync.models import Delivery
from sync.models.delivery import State
from sync.serving.progress import counts, told


class Command(BaseCommand):
    help = "Count deliveries by what became of them, and list the newest."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--state", choices=State.values, help="Only those in a state.")
        parser.add_argument("--process", metavar="ID", help="Only those of a Process-Id.")
        parser.add_argument("--entity", metavar="NAME", help="Only those of an entity.")
        parser.add_argument("--limit", type=between(0, 10**6), default=20, help="How many are listed (%(default)s).")
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *_args: Any, **options: Any) -> None:
        wanted = {"state": options["state"], "process_id": options["process"], "entity": options["entity"]}
        found = Delivery.objects.filter(**{name: value for name, value in wanted.items() if value})
        by_state = dict(found.order_by().values_list("state").annotate(Count("pk")))
        if options["entity"] and not by_state:  # One that is gone may have left some.
            entity_named(options["entity"])
        newest = [told(delivery) for delivery in found.order_by("-pk").defer("body", "previous")[: options["limit"]]]
        if options["json"]:
            answer = {"counts": counts(by_state), "deliveries": newest}
            self.stdout.write(json.dumps(answer, cls=DjangoJSONEncoder))
            return
        self.stdout.write(", ".join(f"{count} {name}" for name, count in counts(by_state).items()))
        for row in newest:
            parts = (row["delivery"], row["state"], row["method"], row["entity"], row["key"], row["outcome"] or "")
            self.stdout.write("  ".join(map(str, parts)).rstrip())
