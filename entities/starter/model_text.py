"""The model file of a new entity."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from entities.entity import snake_case
from entities.starter.code import INDENT, Call, quoted
from entities.starter.draft import Draft, with_paths
from entities.starter.names import Naming, class_name

DJANGO_FIELDS = {
    "url": "models.URLField",
    "email": "models.EmailField",
    "number": "models.DecimalField",
    "boolean": "models.BooleanField",
    "date": "models.DateField",
    "datetime": "models.DateTimeField",
    "time": "models.TimeField",
}


def model_text(entity: str, drafts: Sequence[Draft], naming: Naming) -> str:
    body = [line for draft in drafts for line in field_lines(draft, naming)]
    name = class_name(entity)
    lines = [
        f'"""{sentence(entity)}."""',
        "",
        "from __future__ import annotations",
        "",
        *import_lines("\n".join(body)),
        "",
        "",
        f"class {name}(Entity):",
        *body,
        "",
        f"{INDENT}class Dsync:",
        *(f"{INDENT * 2}{line}" for line in declaration_lines(drafts, naming)),
    ]
    return "\n".join(lines) + "\n"


def import_lines(body: str) -> list[str]:
    """Return the imports that the fields need."""
    own = [name for name in ("Group", "ObjectListField", "Reference") if f"{name}(" in body]
    return [
        *(["from django.contrib.postgres.fields import ArrayField"] if "ArrayField(" in body else []),
        *(["from django.db import models", ""] if "models." in body else [""]),
        "from entities.entity import Entity",
        *([f"from entities.fields import {', '.join(own)}"] if own else []),
    ]


def field_lines(draft: Draft, naming: Naming) -> list[str]:
    remark = [f"{INDENT}# {remark_of(draft)}"] if draft.guess else []
    return remark + field_call(draft, naming).source(INDENT, f"{naming.python(draft.name)} = ")


def remark_of(draft: Draft) -> str:
    return " ".join(f"guessed: {draft.guess}".split()) if draft.guess else ""


def field_call(draft: Draft, naming: Naming) -> Call:
    help_text = ("help_text", quoted(draft.description or sentence(draft.name)))
    if draft.children:
        members = [(naming.python(child.name), field_call(child, naming)) for child in draft.children]
        remarks = ["", *(remark_of(child) for child in draft.children)]
        return Call("ObjectListField" if draft.multiple else "Group", [help_text, *members], remarks)
    if draft.multiple:
        options = () if draft.required else (("default", "list"), ("blank", "True"))
        return Call("ArrayField", [("", scalar_call(draft, [])), *options, help_text])
    return scalar_call(draft, [*presence(draft), help_text])


def presence(draft: Draft) -> list[tuple[str, str]]:
    if draft.is_key:
        return [("unique", "True")]
    return [] if draft.required else [("null", "True"), ("blank", "True")]


def scalar_call(draft: Draft, others: Sequence[tuple[str, str]]) -> Call:
    options = [(name, str(value)) for name, value in draft.options]
    if draft.reference:
        return Call("Reference", [("", quoted(draft.reference)), *options, *others])
    text = "models.CharField" if options else "models.TextField"
    return Call(DJANGO_FIELDS.get(draft.kind, text), [*options, *others])


def declaration_lines(drafts: Sequence[Draft], naming: Naming) -> Iterator[str]:
    key = next(naming.python(draft.name) for draft in drafts if draft.is_key)
    if not names_itself(naming.entity):
        yield f"name = {quoted(naming.entity)}"
    yield f"key = {quoted(key)}"
    if naming.style != "snake_case":
        yield f"naming = {quoted(naming.style)}"
    found = list(with_paths(drafts))
    yield from table("names", naming.exceptions(draft.name for _, draft in found).items())
    yield from table("date_formats", ((path, draft.date_format) for path, draft in found))
    yield from table("bool_settings", ((path, draft.bool_settings) for path, draft in found))


def names_itself(entity: str) -> bool:
    """Tell whether the class name alone gives the entity's name."""
    return snake_case(class_name(entity)) == entity


def table(name: str, entries: Iterable[tuple[str, Any]]) -> Iterator[str]:
    """Yield a dict of texts, one entry a line."""
    told = [f"{INDENT}{quoted(key)}: {quoted(value)}," for key, value in entries if value is not None]
    if told:
        yield from [f"{name} = {{", *told, "}"]


def sentence(name: str) -> str:
    words = snake_case(name).replace("_", " ")
    return words[:1].upper() + words[1:]
