"""What the partner contract shows of its nouns; what a body may say of them is read from their forms."""

from __future__ import annotations

from http import HTTPStatus

from connector.edge.json_types import FLAG, TEXT, WHOLE, Schema, listing, nullable, one_of, record, ref
from partners.fields import tables
from partners.fields.field import Field, Group
from partners.fields.form import Form
from partners.fields.json_schema import change_schema, create_schema
from partners.hood import shapes
from partners.models import MemberStatus, Status
from reference.hood.codes import CODES

ID: Schema = {"type": "string", "pattern": "^[0-9]+$"}
UUID: Schema = {"type": "string", "format": "uuid"}
MOMENT: Schema = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$"}
# What no form has: a read alone shows it.
READ_ALONE: dict[str, Schema] = {
    "id": ID,
    "company_id": ID,
    "manager_ids": listing(ID),
    "managers": listing(ref("member")),
    "archived": FLAG,
    "system": FLAG,
    "effective_status": one_of(Status.values),
    "create_time": MOMENT,
    "update_time": MOMENT,
}
FORMS: dict[str, tuple[Form, shapes.Shape]] = {
    "partner": (tables.PARTNER, shapes.PARTNER),
    "deal": (tables.DEAL, shapes.DEAL),
    "campaign": (tables.CAMPAIGN, shapes.CAMPAIGN),
    "contact": (tables.CONTACT, shapes.CONTACT),
}
MEMBER = record({"id": ID, "name": TEXT, "email": TEXT, "status": one_of(MemberStatus.values)})


def schemas() -> dict[str, Schema]:
    found = {"member": MEMBER, "hood.error": error(None), "hood.fault": fault()}
    for noun, (form, shape) in FORMS.items():
        found[noun] = shown(form, shape)
        found[f"{noun}.create"] = create_schema(form)
        found[f"{noun}.change"] = change_schema(form)
    return found


def shown(form: Form, shape: shapes.Shape) -> Schema:
    """Return a row as it is read, every field of it."""
    members = {**{member.name: read(member) for member in form.members}, **READ_ALONE}
    if form is tables.CONTACT:
        members["id"] = UUID
    return record({name: members[name] for name in shape})


def read(member: Field | Group) -> Schema:
    if isinstance(member, Group):
        return nullable(record({name: nullable(reader.schema) for name, reader in member.readers.items()}))
    return nullable(member.reader.schema) if member.takes_null else member.reader.schema


def page_of(noun: str) -> Schema:
    """Return a page of rows; what is shown of each is as `view` and `fields` say."""
    return record({"total": {**WHOLE, "minimum": 0}, "items": listing(some_of(noun))})


def some_of(noun: str) -> Schema:
    whole = MEMBER if noun == "member" else shown(*FORMS[noun])
    return {name: rule for name, rule in whole.items() if name != "required"}


def single(noun: str) -> Schema:
    return record({"total": {"const": 1}, "items": listing(ref(noun), minItems=1, maxItems=1)})


def error(status: int | None) -> Schema:
    if status is None:
        members = {"code": WHOLE, "title": TEXT, "message": TEXT, "trace_id": TEXT}
        rest = {"errors": listing(ref("hood.fault"))}
        return record({**members, **rest}, required=("code", "title", "trace_id"))
    title = f"{HTTPStatus(status).phrase.capitalize()}."
    return {"allOf": [ref("hood.error"), {"properties": {"code": {"const": status}, "title": {"const": title}}}]}


def fault() -> Schema:
    table = "\n".join(f"- `{code}`: {text}" for code, text in CODES.items())
    return record(
        {
            "field": {**TEXT, "description": "The place in the body, or the parameter; `body` is all of it."},
            "code": {"enum": [*CODES], "description": table, "x-codes": dict(CODES)},
            "message": {**TEXT, "description": "A sentence for a person."},
        }
    )
