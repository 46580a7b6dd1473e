"""`AuditedCommand`: a command that changes something, which stands in the audit log before it begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.core.management.base import BaseCommand

from connector.edge import audit


class AuditedCommand(BaseCommand):
    """Say in `told` which of its options the log tells: none that holds a secret or a payload."""

    told: ClassVar[Sequence[str]] = ()

    def execute(self, *args: Any, **options: Any) -> str | None:
        audit.note_command(self.words(options))
        return super().execute(*args, **options)

    def words(self, options: dict[str, Any]) -> str:
        given = {name: options.get(name) for name in self.told}
        parts = [f"{name}={value}" for name, value in given.items() if value not in (None, False, "", [])]
        return " ".join([self.__module__.rpartition(".")[2], *parts])
