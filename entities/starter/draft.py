"""`Draft`: a field of the new entity, as far as the sample tells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from entities.schema.fields import FieldType
from entities.schema.readers import Reader


class Unfit(ValueError):
    """A sample of which no entity can be made; every reason at once."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True)
class Draft:
    """A field that is to be written; `options` are the keyword arguments of its Django field."""

    name: str
    kind: FieldType
    reader: Reader | None = None
    options: tuple[tuple[str, Any], ...] = ()
    multiple: bool = False
    required: bool = False
    is_key: bool = False
    reference: str | None = None
    date_format: str | None = None
    bool_settings: str | None = None
    description: str = ""
    guess: str = ""
    children: tuple[Draft, ...] = ()

    def noting(self, remark: str) -> Draft:
        """Return the same field with a remark after its guess; an object has neither."""
        return replace(self, guess=f"{self.guess}; {remark}") if self.guess else self

    def as_key(self, reason: str) -> Draft:
        """Return the same field as the key; the reason is empty where a person named it."""
        guess = "; ".join(filter(None, [reason, self.guess]))
        return replace(self, is_key=True, required=True, guess=guess)


def with_paths(drafts: Iterable[Draft], parent: str = "") -> Iterator[tuple[str, Draft]]:
    """Yield every draft at every depth with its place in the entity, such as `inventory.qty`."""
    for draft in drafts:
        yield f"{parent}{draft.name}", draft
        yield from with_paths(draft.children, f"{parent}{draft.name}.")
