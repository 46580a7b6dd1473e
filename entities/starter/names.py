"""What the fields of a new entity are called in Python."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from entities.checks import is_wire_name
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
        """Find the style that most names have; those that no field can have are added to the problems."""
        names = list(dict.fromkeys(wire_names))
        problems += [f"the name {name!r} cannot stand in a data layout" for name in names if not is_wire_name(name)]
        camel = [name for name in names if is_camel(name)]
        return cls(entity, "camelCase" if camel else "snake_case")

    def python(self, wire_name: str) -> str:
        name = snake_case(wire_name) if self.style == "camelCase" else wire_name
        name = name if is_plain(name) and name == name.lower() else slug(wire_name)
        return f"{self.entity}_{name}" if is_taken(name) else name

    def exceptions(self, wire_names: Iterable[str]) -> dict[str, str]:
        """Return the wire names that the style alone does not tell, by Python name."""
        prefixed = {self.python(name): name for name in wire_names}
        return {python: name for python, name in prefixed.items() if name != self.styled(python)}

    def styled(self, python_name: str) -> str:
        return camel_case(python_name) if self.style == "camelCase" else python_name


def is_plain(name: str) -> bool:
    is_django_name = not name.startswith("_") and not name.endswith("_") and "__" not in name
    return name.isascii() and name.isidentifier() and is_django_name


def slug(text: str) -> str:
    """Return a Python name for any text: `2nd Größe` becomes `field_2nd_grosse`."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode()
    name = snake_case(re.sub(r"[^A-Za-z0-9]+", "_", plain).strip("_"))
    return name if name[:1].isalpha() else f"field_{name}".rstrip("_")


def is_camel(name: str) -> bool:
    return name[:1].islower() and name != name.lower()


def is_taken(name: str) -> bool:
    """Tell whether a model of an entity, a group or Python itself has another use of a name."""
    return hasattr(Entity, name) or keyword.iskeyword(name) or name in OPTIONS or name == "objects"


def class_name(entity: str) -> str:
    return "".join(part.capitalize() for part in entity.split("_"))
