"""Sessions, data sources and the addresses that are told of imports."""

from __future__ import annotations

from collections.abc import Iterator

from connector.edge.json_types import TEXT, Schema, listing, record, ref
from reference.operation import Answer, Operation, body, in_path, link, query
from reference.thalamus.shapes import written

BASE = "/api/v4"
NUMBER = in_path("number", "The id.", **TEXT)
SOURCES = f"{BASE}/partner/datasources"
SOURCE = f"{SOURCES}/{{number}}"
EMAILS = f"{BASE}/partner/emails"
COOKIE = {"Set-Cookie": "The session."}
OF_SOURCE = ("view.datasource", "replace.datasource", "run.datasource", "delete.datasource")


def operations() -> Iterator[Operation]:
    yield from of_sessions()
    yield from of_sources()
    yield from of_emails()


def of_sessions() -> Iterator[Operation]:
    begun = {200: Answer(written(), COOKIE)}
    yield Operation("POST", f"{BASE}/signin", "signin", "Begin a session.", begun, body=body(ref("signin")))
    ended = {200: Answer({"type": "object", "maxProperties": 0}, COOKIE)}
    yield Operation("GET", f"{BASE}/logout", "logout", "End the session, where there is one.", ended)
    for page in ("home", "profile", "consumer"):
        told = {200: Answer(ref("context"))}
        yield Operation("GET", f"{BASE}/people/{page}", f"people.{page}", "What a context says of the party.", told)


def of_sources() -> Iterator[Operation]:
    sent, wrote = body(ref("datasource.write")), written(datasource=ref("datasource"))
    listed = {200: Answer(one("datasources", listing(ref("datasource"))))}
    yield Operation("GET", SOURCES, "list.datasources", "The partner's data sources.", listed)
    made = {"path.number": "$response.body#/datasource/id"}
    added = {
        201: Answer(wrote, links={name.partition(".")[0]: link(name, "Go on with it.", made) for name in OF_SOURCE})
    }
    yield Operation("POST", SOURCES, "create.datasource", "Add a data source.", added, body=sent)
    shown = {200: Answer(one("datasource", ref("datasource")))}
    yield Operation("GET", SOURCE, "view.datasource", "One data source.", shown, (NUMBER,))
    text = "Replace a data source: extensions that are not sent stay."
    yield Operation("PUT", SOURCE, "replace.datasource", text, {200: Answer(wrote)}, (NUMBER,), sent)
    text = "Take a data source away; its imports stay."
    yield Operation("DELETE", SOURCE, "delete.datasource", text, {200: Answer(wrote)}, (NUMBER,))
    tried = {200: Answer(one("test", ref("test")))}
    text = "Connect and list: what a run would import."
    yield Operation("POST", f"{SOURCE}/test", "test.datasource", text, tried, (NUMBER,))
    running = {202: Answer(one("run", ref("run")))}
    text = "Have the source looked at now."
    yield Operation("POST", f"{SOURCE}/run", "run.datasource", text, running, (NUMBER,), errors=[409])


def of_emails() -> Iterator[Operation]:
    listed = {200: Answer(one("partnerEmails", listing(ref("email"))))}
    yield Operation("GET", EMAILS, "list.emails", "Who is told of imports.", listed)
    wrote, sent = {201: Answer(written(partner_email=ref("email")))}, body(ref("email.write"))
    yield Operation("POST", EMAILS, "create.email", "Add an address.", wrote, body=sent)
    which = query("email", "The address as it is.", required=True, **TEXT)
    yield Operation("PUT", EMAILS, "replace.email", "Change an address.", wrote, (which,), sent)


def one(name: str, schema: Schema) -> Schema:
    return record({name: schema})
