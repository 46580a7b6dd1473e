"""What the fields of a new entity are called in Python."""

from __future__ import annotations

import keyword
from collections.abc import Iterable
from dataclasses import dataclass

from entities.checks import WIRE_NAME
from entities.entity import Entity, camel_case, snake_case

ENTITY_NAME = r"[a-z][a-z0-9]*(_[a-z0-9]+)*"
# What a group or a list of objects takes as its own options.
OPTIONS = frozenset({"help_text", "verbose_name", "null"})


@dataclass(frozen=True)
class Naming:
    """How the names of payloads become Python names: one style for all, and a prefix where a name is taken."""

    entity: str
    style: str

    @classmethod
    def of(cls, entity: str, wire_names: Iterable[str], problems: list[str]) -> Naming:
        """Find the style that all names have; those that stand against it are added to the problems."""
        names = list(dict.fromkeys(wire_names))
        misfits = [name for name in names if not is_plain(name)]
        problems += [f"the name {name!r} is no Python identifier that a field may have" for name in misfits]
        if not any(is_camel(name) for name in names):
            return cls(entity, "snake_case")
        others = [name for name in names if name not in misfits and camel_case(snake_case(name)) != name]
        problems += [f"the name {name!r} is not camelCase as others are" for name in others]
        return cls(entity, "camelCase")

    def python(self, wire_name: str) -> str:
        name = snake_case(wire_name) if self.style == "camelCase" else wire_name
        return f"{self.entity}_{name}" if is_taken(name) else name

    def exceptions(self, wire_names: Iterable[str]) -> dict[str, str]:
        """Return the wire names that the style alone does not tell, by Python name."""
        prefixed = {self.python(name): name for name in wire_names}
        return {python: name for python, name in prefixed.items() if name != self.styled(python)}

    def styled(self, python_name: str) -> str:
        return camel_case(python_name) if self.style == "camelCase" else python_name


def is_plain(name: str) -> bool:
    is_django_name = not name.startswith("_") and not name.endswith("_") and "__" not in name
    return name.isidentifier() and is_django_name and WIRE_NAME.fullmatch(name) is not None


def is_camel(name: str) -> bool:
    return name[:1].islower() and name != name.lower()


def is_taken(name: str) -> bool:
    """Tell whether a model of an entity, a group or Python itself has another use of a name."""
    return hasattr(Entity, name) or keyword.iskeyword(name) or name in OPTIONS


def class_name(entity: str) -> str:
    return "".join(part.capitalize() for part in entity.split("_"))
