from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from connector.edge.audited_command import AuditedCommand
from entities.management.named import entity_named
from sync.management.resync.action import Action
from sync.management.resync.pull import PullAction
from sync.management.resync.push import PushAction
from sync.management.resync.replay import ReplayAction

ACTIONS: dict[str, type[Action]] = {
    "pull": PullAction,
    "push": PushAction,
    "replay": ReplayAction,
}


class Command(AuditedCommand):
    help = "Bring an entity's records in line again: `resync ACTION ENTITY`."
    told = ("action", "entity", "state", "process", "job", "force", "dry_run")

    def add_arguments(self, parser: CommandParser) -> None:
        parsers = parser.add_subparsers(dest="action", required=True)
        for name, action in ACTIONS.items():
            chosen = parsers.add_parser(name, help=action.help)
            chosen.add_argument("entity", help="The entity's name, such as product.")
            action.add_arguments(chosen)

    def handle(self, *_args: Any, action: str, entity: str, **options: Any) -> None:
        ACTIONS[action](self.stdout).run(entity_named(entity), options)
