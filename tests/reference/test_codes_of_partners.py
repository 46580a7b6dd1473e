"""Every code of the contracts of partners and data sources can be had, each by a request that somebody may send."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.http import HttpResponse

from partners.models import Partner, Role, Status
from reference.hood.codes import CODES as HOOD
from reference.thalamus.codes import CODES as THALAMUS
from tests.datasources.parties import Party
from tests.partners.hood import Hood

DEEP = b'{"name": ' + b"[" * 40 + b"]" * 40 + b"}"
Asked = Callable[[Hood], HttpResponse]


def partner(**members: Any) -> Asked:
    """Send a partner that is right but for these members."""
    return lambda hood: hood.send("POST", "/partners", {**hood.sample("partner"), "name": "A", **members})


def deal(**members: Any) -> Asked:
    return lambda hood: hood.send("POST", "/deals", {**hood.sample("deal"), "partner_id": "1", **members})


def raw(body: bytes, **headers: str) -> Asked:
    return lambda hood: hood.send("POST", "/partners", body, **headers)


def asked(query: str) -> Asked:
    return lambda hood: hood.send("GET", f"/partners?{query}")


def changed(**members: Any) -> Asked:
    return lambda hood: hood.patch(f"/partners/{hood.create('partner', name='A')['id']}", **members)


def announced(length: str) -> Asked:
    def ask(hood: Hood) -> HttpResponse:
        wire = {"Authorization": f"Bearer {hood.token}"}
        extra = {"CONTENT_LENGTH": length, "wsgi.input": BytesIO(b"{}")}
        return hood.http.generic("POST", "/v1/hood/partners", b"{}", "application/json", headers=wire, **extra)

    return ask


def misdirected(hood: Hood) -> HttpResponse:
    return hood.http.get("/v1/hood/members", headers={"Authorization": "Bearer x"}, SERVER_NAME="elsewhere.example")


def taken(hood: Hood) -> HttpResponse:
    hood.create("partner", name="A")
    return partner()(hood)


def archived(hood: Hood) -> HttpResponse:
    made = hood.create("partner", name="A")
    hood.archive(f"/partners/{made['id']}")
    return hood.patch(f"/partners/{made['id']}", name="B")


def in_use(hood: Hood) -> HttpResponse:
    of = hood.create("deal", partner_id=hood.create("partner", name="A")["id"])
    hood.create("campaign", deal_id=of["id"])
    return hood.archive(f"/deals/{of['id']}")


OF_HOOD: dict[str, Asked] = {
    "invalid_length": announced("x"),
    "body_cut": announced("9"),
    "invalid_host": misdirected,
    "refused": asked("&".join(f"a{number}=1" for number in range(1100))),
    "body_missing": raw(b""),
    "byte_order_mark": raw(b"\xef\xbb\xbf{}"),
    "invalid_encoding": raw(b'{"name": "\xff"}'),
    "invalid_json": raw(b"{"),
    "not_an_object": raw(b"[]"),
    "too_deep": raw(DEEP),
    "duplicate_key": raw(b'{"name": "a", "name": "b"}'),
    "invalid_character": raw(b'{"name": "a\\u0000"}'),
    "invalid_number": raw(b'{"name": 1e400}'),
    "nothing_sent": changed(),
    "required": raw(b"{}"),
    "null": partner(name=None),
    "unknown_field": partner(odd=1),
    "read_only": partner(id="1"),
    "not_updatable": changed(type=["publisher"]),
    "repeated": partner(type=["publisher", "publisher"]),
    "not_a_text": partner(name=1),
    "too_long": partner(name="a" * 256),
    "blank": partner(name=" "),
    "not_a_choice": partner(status="odd"),
    "not_a_list": partner(type=[]),
    "too_many": partner(manager_ids=[str(number) for number in range(101)]),
    "not_an_id": partner(manager_ids=["x"]),
    "not_a_number": deal(base_price="1"),
    "not_a_whole_number": deal(frequency_cap={"max_value": 1.5, "per_unit": "day"}),
    "out_of_range": deal(base_price=0),
    "too_precise": deal(base_price=0.0100001),
    "not_a_boolean": deal(clickthrough="yes"),
    "not_a_country": partner(billing_address={"country": "XX"}),
    "not_a_page": asked("page=0"),
    "unknown_view": asked("view=odd"),
    "unknown_operator": asked("status=like:a"),
    "not_a_range": asked("id=r:1"),
    "not_empty": asked("status=is:a"),
    "not_a_time": asked("create_time=gt:yesterday"),
    "unknown_id": deal(partner_id="999999999"),
    "taken": taken,
    "archived": archived,
    "in_use": in_use,
}


def test_every_code_of_hood_is_had() -> None:
    assert set(HOOD) == set(OF_HOOD)


@pytest.mark.parametrize("code", list(OF_HOOD))
def test_code_of_hood_is_answered(code: str, hood: Hood) -> None:
    answer = OF_HOOD[code](hood)
    assert answer.status_code == 400, answer.content
    assert code in {fault["code"] for fault in answer.json()["errors"]}


def source(**members: Any) -> Callable[[Party], HttpResponse]:
    return lambda party: party.send("POST", "/partner/datasources", members)


def email(*addresses: str) -> Callable[[Party], HttpResponse]:
    def ask(party: Party) -> HttpResponse:
        answers = [party.send("POST", "/partner/emails", {"email": each, "active": True}) for each in addresses]
        return answers[-1]

    return ask


def of_source(action: str, times: int = 1, **members: Any) -> Callable[[Party], HttpResponse]:
    def ask(party: Party) -> HttpResponse:
        number = party.create_source(**members)["id"]
        answers = [party.send("POST", f"/partner/datasources/{number}/{action}") for _ in range(times)]
        return answers[-1]

    return ask


def uploaded(party: Party) -> HttpResponse:
    """Ask for the results of an import that has not begun."""
    kind = "multipart/form-data; boundary=x"
    part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\na,b\r\n1,2\r\n--x--\r\n'
    sent = party.send("POST", "/import/file?type=25011", part, Content_Type=kind)
    return party.send("GET", f"/import/{sent.json()['id']}/results")


def of_inactive(party: Party) -> HttpResponse:
    Partner.objects.update(status=Status.SUSPENDED)
    return party.send("GET", "/partner/emails")


def of_customer(party: Party) -> HttpResponse:
    login = party.login
    login.role = next(role for role in Role.values if role != Role.PARTNER)
    login.save()
    return party.send("GET", "/partner/emails")


OF_THALAMUS: dict[str, Callable[[Party], HttpResponse]] = {
    "Required": source(),
    "InvalidFormat": source(host="a/b"),
    "InvalidId": lambda party: party.send("GET", "/partner/datasources/999999"),
    "NotEditable": source(id=1),
    "InvalidJson": lambda party: party.send("POST", "/partner/emails", b"{"),
    "UnsupportedMediaType": lambda party: party.send("POST", "/partner/emails", b"{}", Content_Type="text/plain"),
    "InvalidMail": email("x"),
    "TouchpointCodeRequired": source(),
    "InvalidTouchpointCode": source(touchpointCode="odd"),
    "EmailAlreadyExists": email("a@example.com", "a@example.com"),
    "ConnectionFailed": of_source("test", host="a.invalid"),
    "AlreadyRunning": of_source("run", 2),
    "NoResults": uploaded,
    "PartnerNotActive": of_inactive,
    "InvalidRoleForLoggedParty": of_customer,
}


def test_every_code_of_thalamus_is_had() -> None:
    assert set(THALAMUS) == set(OF_THALAMUS)


@pytest.mark.parametrize("code", list(OF_THALAMUS))
def test_code_of_thalamus_is_answered(code: str, party: Party) -> None:
    answer = OF_THALAMUS[code](party)
    assert answer.status_code in {400, 403, 409}, answer.content
    assert code in answer.json()["errors"].values()
