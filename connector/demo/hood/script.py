"""The requests of the Hood side, in order, and what the contract promises for each."""

from __future__ import annotations

import json

from ..checks import allows
from . import examples
from .checks import blames, counts, has_keys, has_members, row, rows, says, shows
from .deals import life_of_deals
from .side import Script, Side, learned_id

DEFAULT_VIEW = (
    *("id", "company_id", "manager_ids", "managers", "name", "type", "status", "system"),
    *("create_time", "update_time"),
)
REQUIRED = ("manager_ids", "name", "type", "status")
TERMS = {"payment_frequency": "monthly", "payment_method": "paypal", "net_terms": "net30", "currency_code": "usd"}


def script(side: Side, *, other_token: str) -> Script[None]:
    """Return the whole play: a partner from its creation to its archive, and what is refused."""
    yield from strangers(other_token)
    manager = yield from learned_id(side.step("who may manage a partner", "GET /members", checks=(has_members,)))
    yield from what_was_left(side)
    name = examples.new_name()
    new = examples.new_partner(name, manager)
    created = side.step("a new partner", "POST /partners", new, status=201, checks=(shows(**new),))
    partner = yield from learned_id(created)
    yield side.refused("its name again", "POST /partners", new, blames("name"))
    yield from lists(side, partner, name)
    yield from updates(side, partner)
    yield from life_of_deals(side, partner, examples.published_update(manager), name)
    yield from contacts(side, partner)
    yield from refusals(side, partner)
    yield from archive(side, partner)
    yield side.refusal("calls until one is refused", "GET /members")


def strangers(other_token: str) -> Script[None]:
    """Nobody else gets in, whoever knows them elsewhere."""
    unauthorized = says("Unauthorized.")
    for purpose, token in (("an unknown token", "unknown"), ("a token of Dsync", other_token)):
        yield Side(token).step(purpose, "GET /partners", status=401, checks=(unauthorized,))


def what_was_left(side: Side) -> Script[None]:
    """Free the published name where an earlier play was cut off: it is unique within a company."""
    name = examples.published_update("")["name"]
    asked = f"GET /partners?q={name.strip()}&fields=id,name&page=1,100"
    result = yield side.step("what an earlier play left", asked)
    for left in rows(result.answer) if result.answer else ():
        if left.get("name") == name:
            yield side.patch("it gets another name", f"/partners/{left.get('id')}", name=examples.new_name())


def lists(side: Side, partner: str, name: str) -> Script[None]:
    """Views, filters, search, order and pages."""
    word = name.rpartition(" ")[2]
    one, none, every = (counts(1),), (counts(0),), f"/partners?id=in:{partner}"
    yield side.step("found by its name", f"GET /partners?q={word}", checks=(*one, has_keys(*DEFAULT_VIEW)))
    yield side.step("some of its fields", f"GET {every}&view=full&fields=id,name", checks=(has_keys("id", "name"),))
    yield side.step(
        "filters hold at once", f"GET {every}&status=nin:suspended&net_terms=isn:&archived=false", checks=one
    )
    yield side.step("another status", f"GET {every}&status=terminated", checks=none)
    yield side.step("an order and a page", "GET /partners?sort=-name,create_time&page=1,5")
    wrong = "GET /partners?colour=red&status=like:a&sort=status&page=0"
    yield side.refused("every fault of a query", wrong, None, blames("colour", "status", "sort", "page"))


def updates(side: Side, partner: str) -> Script[None]:
    """What PATCH changes, clears and refuses."""
    path = f"/partners/{partner}"
    terms = [f"payment_terms.{name}" for name in TERMS if name != "net_terms"]
    yield side.refused(
        "terms that are not whole", f"PATCH {path}", {"payment_terms": {"net_terms": "net30"}}, blames(*terms)
    )
    yield side.patch("whole ones", path, payment_terms=TERMS)
    yield side.patch(
        "a part of them is enough now",
        path,
        payment_terms={"net_terms": "net60"},
        billing_address=examples.BILLING_ADDRESS,
    )
    yield side.patch("null clears", path, billing_address=None)
    yield side.seen(
        "nothing else has changed", path, payment_terms=TERMS | {"net_terms": "net60"}, billing_address=None
    )
    yield side.refused("nothing to change", f"PATCH {path}", {}, says("The request body is not valid."))
    fixed = {"type": ["publisher"], "id": "1", "colour": "red", "status": "asleep"}
    yield side.refused("every fault of a body", f"PATCH {path}", fixed, blames(*fixed))
    quoted = json.dumps(json.dumps(examples.published_update("1")))
    yield side.refused("the published body as printed: a text", f"PATCH {path}", quoted.encode())


def contacts(side: Side, partner: str) -> Script[None]:
    path = f"/partners/{partner}/contacts"
    added = side.step("a contact", f"POST {path}", {"type": "email", "value": "demo@example.com"}, status=201)
    result = yield added
    number = row(result.answer).get("id") if result.answer else None
    yield side.patch("which changes", f"{path}/{number}", value="office@example.com")
    yield side.step("all of them", f"GET {path}", checks=(counts(1), shows(id=number, value="office@example.com")))


def refusals(side: Side, partner: str) -> Script[None]:
    """Requests that are wrong, each in one way."""
    path = f"/partners/{partner}"
    yield side.refused("nothing of what a partner needs", "POST /partners", {}, blames(*REQUIRED))
    yield side.refused("an unknown id", "GET /partners/999999999999", None, says("Unknown partner id."))
    yield side.refused("invalid JSON", f"PATCH {path}", b'{"name": ')
    yield side.step("a wrong method", f"DELETE {path}", status=405, checks=(allows("GET", "PATCH"),))
    yield side.step("an unknown path", "GET /no/such/path", status=404)


def archive(side: Side, partner: str) -> Script[None]:
    path = f"/partners/{partner}"
    yield side.step("the archive", f"POST {path}/archive", status=204)
    yield side.refused("it cannot be updated there", f"PATCH {path}", {"description": "Too late"})
    yield side.step("nor is it listed", f"GET /partners?id={partner}", checks=(counts(0),))
    yield side.step("unless it is asked for", f"GET /partners?id={partner}&archived=true", checks=(counts(1),))
