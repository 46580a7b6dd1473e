"""From a sample to the files of a new entity."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from entities.schema import schemas
from entities.starter.body import example_body, fullest
from entities.starter.draft import Draft, Unfit, with_paths
from entities.starter.files import obstacles, write_entity
from entities.starter.foreign import chosen_entity, foreign_drafts
from entities.starter.guesses import drafts_of
from entities.starter.key import key_name, with_key
from entities.starter.model_text import model_text
from entities.starter.names import ENTITY_NAME, Naming
from entities.starter.sources import Record, Source, read_source, with_numbers


@dataclass(frozen=True)
class Wish:
    """What a person asks for: the new entity's name, and which entity and key of the sample to take."""

    name: str
    entity: str | None = None
    key: str | None = None


def start_entity(root: Path, wish: Wish, sample: Path) -> Iterable[Path]:
    """Write the model, the example and the test of a new entity, and return the files.

    Raises:
        Unfit: with every reason; nothing was written.
    """
    problems = name_problems(root, wish.name)
    try:
        source = read_source(sample)
        drafts, record = drafted(source, wish, problems)
    except Unfit as exc:
        raise Unfit([*problems, *exc.problems]) from exc
    naming = Naming.of(wish.name, (draft.name for _, draft in with_paths(drafts)), problems)
    problems += clashes(drafts, naming)
    if problems:
        raise Unfit(problems)
    return write_entity(root, wish.name, model_text(wish.name, drafts, naming), example_body(drafts, record))


def name_problems(root: Path, name: str) -> list[str]:
    if not re.fullmatch(ENTITY_NAME, name):
        return [f"the name {name!r} must be words of small letters and digits, joined by single underscores"]
    taken = [f"there is an entity {name} already"] if name in schemas() else []
    return [*taken, *obstacles(root, name)]


def drafted(source: Source, wish: Wish, problems: list[str]) -> tuple[tuple[Draft, ...], Record | None]:
    """Return the drafts of a source with their key, and the record that becomes the example, if there is one."""
    if source.layout:
        drafts = foreign_drafts(chosen_entity(source.layout, wish.entity)["fields"], problems)
        told = wish.key or next((draft.name for draft in drafts if draft.is_key), None)
        name = told or key_name(wish.name, None, [draft.name for draft in drafts], [])
        return with_key(drafts, name, is_guessed=told is None, problems=problems), None
    records: Sequence[Record] = source.records
    names = list(dict.fromkeys(name for record in records for name in record))
    name = key_name(wish.name, wish.key, names, records)
    if source.is_table:
        records = with_numbers(source.records, name or "")
    drafts = drafts_of(records, problems)
    return with_key(drafts, name, is_guessed=wish.key is None, problems=problems), fullest(records)


def clashes(drafts: Sequence[Draft], naming: Naming) -> list[str]:
    """Return the columns that two fields would share, as `a_b` and `b` in the group `a` do."""
    columns: dict[str, str] = {}
    problems = []
    for path, column in columns_of(drafts, naming):
        if column in columns:
            problems.append(f"{path} and {columns[column]} would share the column {column}")
        columns[column] = path
    return problems


def columns_of(drafts: Sequence[Draft], naming: Naming, path: str = "", prefix: str = "") -> Iterable[tuple[str, str]]:
    for draft in drafts:
        column = f"{prefix}{naming.python(draft.name)}"
        yield f"{path}{draft.name}", column
        if draft.children and not draft.multiple:
            yield from columns_of(draft.children, naming, f"{path}{draft.name}.", f"{column}_")
