"""How an entity takes writes now: as its model declares, unless an operator has switched it."""

from __future__ import annotations

from connector.edge.errors import Unavailable
from connector.edge.kept import kept
from entities.schema import EntitySchema
from sync.models import Switch
from sync.models.switch import SwitchedMode

CACHE_SECONDS = 2


@kept(CACHE_SECONDS)
def switches() -> dict[str, Switch]:
    """Return what operators have switched, by entity; a change is seen within 2 seconds."""
    return {switch.entity: switch for switch in Switch.objects.all()}


def open_mode(schema: EntitySchema) -> SwitchedMode:
    """Return how an entity takes writes now.

    Raises:
        Unavailable: an operator has it refuse them.
    """
    switch = switches().get(schema.name)
    mode = SwitchedMode((switch and switch.mode) or schema.declaration.mode)
    if mode == SwitchedMode.REFUSE:
        raise Unavailable(f"The operator has {schema.name} take no writes for now; send the request again later.")
    return mode


def forget_switches() -> None:
    """Drop what this process remembers of switches."""
    switches.forget()
