from __future__ import annotations

from collections.abc import Iterable, Iterator

from connector.edge.json_types import TEXT, Schema, ref
from partners.hood import listings
from partners.hood.grammar.filters import Filter
from partners.hood.grammar.listing import Listing
from partners.hood.grammar.operators import OPERATORS
from partners.hood.resources import CAMPAIGNS, DEALS, PARTNERS, Resource
from reference.hood.shapes import page_of, single
from reference.operation import Answer, Operation, Told, body, in_path, link, query

BASE = "/v1/hood"
NUMBER = in_path("number", "The id.", **TEXT)
PARTNER = in_path("partner", "The partner's id.", **TEXT)
DONE = {204: Answer()}
PAGE = "^[1-9][0-9]{0,8}(,([1-9][0-9]?|100))?$"


def operations() -> Iterator[Operation]:
    for resource in (PARTNERS, DEALS, CAMPAIGNS):
        yield from of_resource(resource)
    yield from of_contacts()
    yield Operation(
        "GET",
        f"{BASE}/members",
        "list.members",
        "Those whose ids `manager_ids` may name.",
        {200: Answer(page_of("member"))},
        asked_of(listings.MEMBERS),
    )


def of_resource(resource: Resource) -> Iterator[Operation]:
    noun, rows = resource.noun, f"{BASE}/{resource.noun}s"
    row = f"{rows}/{{number}}"
    listed, added = {200: Answer(page_of(noun))}, {201: Answer(ref(noun), links=next_steps(noun))}
    shown = {200: Answer(single(noun))}
    yield Operation("GET", rows, f"list.{noun}s", f"A page of {noun}s.", listed, asked_of(resource.listing))
    yield Operation("POST", rows, f"create.{noun}", f"Add a {noun}.", added, body=body(ref(f"{noun}.create")))
    yield Operation("GET", row, f"view.{noun}", f"One {noun}.", shown, (NUMBER,))
    text = f"Change a {noun}: what is not sent stays, null clears."
    yield Operation("PATCH", row, f"change.{noun}", text, DONE, (NUMBER,), body(ref(f"{noun}.change")))
    text = f"Archive a {noun}, and what is under it."
    yield Operation("POST", f"{row}/archive", f"archive.{noun}", text, DONE, (NUMBER,))


def of_contacts() -> Iterator[Operation]:
    rows = f"{BASE}/partners/{{partner}}/contacts"
    listed, parameters = {200: Answer(page_of("contact"))}, (PARTNER, *asked_of(listings.CONTACTS))
    yield Operation("GET", rows, "list.contacts", "A page of a partner's contacts.", listed, parameters)
    taken = {"path.number": "$response.body#/id", "path.partner": "$request.path.partner"}
    added = Answer(ref("contact"), links={"change": link("change.contact", "Change it.", taken)})
    sent = body(ref("contact.create"))
    yield Operation("POST", rows, "create.contact", "Add a contact to a partner.", {201: added}, (PARTNER,), sent)
    row, sent = f"{rows}/{{number}}", body(ref("contact.change"))
    yield Operation("PATCH", row, "change.contact", "Change a contact.", DONE, (PARTNER, NUMBER), sent)


def next_steps(noun: str) -> dict[str, Told]:
    """Return what may be done to a row that was added."""
    made = "$response.body#/id"
    steps = {name: link(f"{name}.{noun}", "Go on with it.", {"path.number": made}) for name in ("view", "change")}
    steps["archive"] = link(f"archive.{noun}", "Archive it.", {"path.number": made})
    if noun == "partner":
        steps["contact"] = link("create.contact", "Add a contact.", {"path.partner": made})
    return steps


def asked_of(listing: Listing) -> tuple[Told, ...]:
    """Return what may be asked of a list, as its grammar takes it."""
    signed = [f"{sign}{name}" for name in listing.sortable for sign in ("", "-")]
    return (
        query("page", "`N`, or `N,M` for M rows on a page (20, at most 100).", type="string", pattern=PAGE),
        query("sort", "Names divided by commas; `-` sorts the other way round.", **some_of(signed)),
        query("q", f"Rows with this text in {', '.join(listing.searched)}.", **TEXT),
        query("q_fields", "In which fields the text is looked for.", **some_of(listing.searched)),
        query("view", "What is shown of each row.", enum=["default", "full"]),
        query("fields", "These fields alone, divided by commas.", **some_of(listing.shape)),
        *(query(name, filter_text(chosen), **TEXT) for name, chosen in listing.filters.items()),
    )


def filter_text(chosen: Filter) -> str:
    taken = [name for name, operator in OPERATORS.items() if chosen.ordered or not operator.ordered]
    return f"A filter: a value, or an operator, a colon and what it takes. Operators: {', '.join(taken)}."


def some_of(names: Iterable[str]) -> Schema:
    """Return what a list of some of these names is, divided by commas."""
    choice = f"({'|'.join(names)})"
    return {"type": "string", "pattern": f"^{choice}(,{choice})*$"}
