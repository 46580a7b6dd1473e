"""The bodies of the contract's answers: a write carries the context of who asked, a read does not."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from connector.edge.envelope import encode
from connector.edge.errors import BadRequest, ContractError, Fault, UnsupportedMedia
from partners.models import Login

BODY = "body"  # The key of what is wrong with a body as a whole.
CODES = {  # What the rooms below call a fault, in the contract's words; a name of the contract stands as it is.
    **dict.fromkeys(("required", "null", "blank"), "Required"),
    **dict.fromkeys(("unknown_field", "read_only"), "NotEditable"),
    **dict.fromkeys(
        ("invalid_json", "not_an_object", "invalid_encoding", "byte_order_mark", "too_deep", "body_missing"),
        "InvalidJson",
    ),
}
PAGES = ("home", "profile", "consumer")
NOBODY = {
    **dict.fromkeys(("partyId", "firstname", "lastname", "email", "shortName", "longName", "address")),
    "me": False,
    "urlAvatar": "",
}


def answer(status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> HttpResponse:
    return HttpResponse(encode(body), status=status, content_type="application/json", headers=headers)


def written(request: HttpRequest, login: Login, status: int, **entity: Any) -> HttpResponse:
    """Return what a write is answered: the context, and what it wrote."""
    return answer(status, {"context": context_of(request, login), **entity})


def context_of(request: HttpRequest, login: Login) -> dict[str, Any]:
    home = settings.CONNECTOR_PUBLIC_URL or f"{request.scheme}://{request.get_host()}"
    return {
        "links": [{"ref": page, "href": f"{home}/api/v4/people/{page}"} for page in PAGES],
        "activities": [],
        "lastInboxMessages": None,
        "simpleProfile": {**NOBODY, "email": login.partner.contact_email},
    }


def error_answer(_request: HttpRequest, error: ContractError) -> HttpResponse:
    """Return an error in the contract's shape: by key, or by status where it is of no field."""
    if isinstance(error, UnsupportedMedia):
        error = BadRequest(faults=[Fault(BODY, "UnsupportedMediaType", error.sentence)])
    if error.faults:
        return answer(error.status, {"errors": by_key(error.faults)}, error.headers)
    phrase = HTTPStatus(error.status).phrase.upper().replace(" ", "_")
    told = {"error.message": phrase, "error.code": str(error.status)}
    return answer(error.status, {"errors": told}, error.headers)


def by_key(faults: tuple[Fault, ...]) -> dict[str, str]:
    """Return the first fault of each key, with its sentence."""
    errors: dict[str, str] = {}
    for fault in faults:
        key = fault.treekey if fault.code != "body_missing" else BODY
        if (key or BODY) not in errors:
            errors[key or BODY] = code_of(fault)
            errors[f"execution.{key or BODY}"] = fault.message
    return errors


def code_of(fault: Fault) -> str:
    return CODES.get(fault.code, fault.code if fault.code[:1].isupper() else "InvalidFormat")
