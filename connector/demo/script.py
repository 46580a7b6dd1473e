"""The requests of the play, in order, and what the contract promises for each."""

from __future__ import annotations

from . import examples
from .checks import Check, allows, body_is, can_be_drawn, counts, data_is, names_line_and_column, outcome_is_absent
from .examples import PROCESS_ID, SKU, published
from .exchange import Request
from .scenes import Scene, Step, SyncWalk
from .walk import PATH as ITEMS
from .walk import paging_faults

Headers = dict[str, str]

JSON = {"Content-Type": "application/json"}
PROCESS = {"Process-Id": PROCESS_ID}
RECORD = {"Entity-Id": SKU}
CREATED: Check = data_is({"sku": SKU})
EMPTY: Check = data_is({})


def opening(signed: Headers) -> list[Step]:
    """Return the first requests: nobody gets the layout without a token."""
    unauthorized = body_is("datalayout.response.401")
    path = "//datalayout"
    return [
        Step("the layout without a token", Request("GET", path, JSON), 401, (unauthorized,)),
        Step("with an unknown token", Request("GET", path, JSON | {"Auth-Token": "unknown"}), 401, (unauthorized,)),
        Step("the layout", Request("GET", path, JSON | signed), 200, (can_be_drawn,)),
        Step("in another spelling", Request("GET", "/datalayout/", JSON | signed), 200, (can_be_drawn,)),
    ]


def record(product: Headers) -> list[Scene]:
    """Return the life of the published product, from nothing to nothing."""
    path = "//entity/product"
    sent, create, update = JSON | product, published("create.request"), published("update.request")
    whole = sent | PROCESS | RECORD
    return [
        Step("what an earlier play left", Request("DELETE", f"{path}/", product | RECORD), 200),
        Step("the published create", Request("POST", path, sent | PROCESS, create), 201, (CREATED,)),
        Step("a repeat has no second effect", Request("POST", path, sent | PROCESS, create), 201, (CREATED,)),
        Step("without Process-Id it is no repeat", Request("POST", path, sent, create), 409),
        Step("the published update", Request("PUT", path, whole, update), 200, (EMPTY,)),
        Step("how many there are", Request("GET", "//api/sync/total", sent), 200, (counts,)),
        Step("the first page", Request("GET", ITEMS, sent), 200, (paging_faults,)),
        SyncWalk("every page, with what was updated", sent, SKU, {"color": "White", "status": "Disabled"}),
        Step("the published delete", Request("DELETE", path, whole, published("delete.request")), 200, (EMPTY,)),
        Step("a missing record", Request("PUT", path, sent | RECORD, update), 400),
        Step("a retry is harmless", Request("DELETE", path, product | RECORD), 200, (outcome_is_absent,)),
    ]


def messages(signed: Headers) -> list[Scene]:
    """Return what Dsync tells besides records: notifications and jobs."""
    path, body = "//entity/product/set_job", published("set_job.request")
    valid = examples.without_trailing_comma(body)
    notification = Request("POST", "//notification", JSON | signed | PROCESS, published("notification.request"))
    return [
        Step("the published notification", notification, 200, (EMPTY,)),
        Step("the same again", notification, 200, (EMPTY,)),
        Step("the published job, as valid JSON", Request("POST", path, JSON | signed, valid), 200, (EMPTY,)),
        Step("as printed, comma and all", Request("POST", path, JSON | signed, body), 400, (names_line_and_column,)),
    ]


def refusals(signed: Headers, product: Headers) -> list[Scene]:
    """Return requests that are wrong, each in one way."""
    path, create = "//entity/product", published("create.request")
    sent, text = JSON | product, {"Content-Type": "text/plain"}
    return [
        Step("an unknown entity", Request("POST", "//entity/no_such_entity", sent, create), 400),
        Step("no Entity-Token", Request("POST", path, JSON | signed, create), 400),
        Step("no Auth-Token", Request("POST", path, JSON, create), 401, (body_is("create.response.401"),)),
        Step("invalid JSON", Request("POST", path, sent, b'{"sku": '), 400, (names_line_and_column,)),
        Step("a body of another type", Request("POST", path, product | text, create), 415),
        Step("a wrong method", Request("PATCH", path, sent, create), 405, (allows("POST", "PUT", "DELETE"),)),
        Step("an unknown path", Request("GET", "//no/such/path", JSON | signed), 404),
    ]
