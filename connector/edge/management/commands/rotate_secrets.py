from __future__ import annotations

from typing import Any

from connector.edge.audited_command import AuditedCommand
from connector.edge.rotation import rotate_all


class Command(AuditedCommand):
    help = "Encrypt every stored secret by the first of FIELD_KEYS, so that the others can be taken away."

    def handle(self, *_args: Any, **_options: Any) -> None:
        rotations = list(rotate_all())
        closed = [rotation.place for rotation in rotations if not rotation.is_done]
        for place in closed:
            self.stderr.write(f"{place}: no key of FIELD_KEYS opens it; set it anew.")
        self.stdout.write(f"{len(rotations) - len(closed)} secrets are encrypted by the newest key.")
        if closed:
            raise SystemExit(1)
