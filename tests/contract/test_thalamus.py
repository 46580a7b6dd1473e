"""The published bodies of data sources and e-mails, byte for byte, but for an address that the pages mask."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conftest import example
from tests.datasources.parties import Party, make_party

pytestmark = pytest.mark.django_db


def published(name: str) -> Any:
    return json.loads(example(f"thalamus/{name}"))


@pytest.fixture
def party(settings: Any) -> Party:
    settings.CONNECTOR_PUBLIC_URL = "http://localhost:8080/thalamus"
    made = make_party()
    made.partner.contact_email = "reports@example.com"
    made.partner.save()
    return made


def as_published(answer: Any, name: str, **own: Any) -> None:
    """Compare a data source with the published one: all of it but its number and the code of its touchpoint."""
    expected = {**published(name)["datasource"], **own}
    assert answer.json()["datasource"] == expected
    assert set(answer.json()) == {"context", "datasource"}


def test_creation_is_answered_as_published(party: Party) -> None:
    answer = party.send("POST", "/partner/datasources", example("thalamus/source.request"))
    assert answer.status_code == 201
    as_published(answer, "create_source.response.201", id=answer.json()["datasource"]["id"], touchpointCode="test")


def test_update_is_answered_as_published(party: Party) -> None:
    number = party.create_source(host="other.example.com", amountCalculated=False)["id"]
    answer = party.send("PUT", f"/partner/datasources/{number}", example("thalamus/update_source.request"))
    assert answer.status_code == 200
    as_published(answer, "update_source.response.200", id=number, touchpointCode="test")


def test_email_is_answered_as_published(party: Party) -> None:
    party.send("POST", "/partner/emails", {"email": "earlier@example.com", "active": False})
    body = example("thalamus/email.request")
    answer = party.send("PUT", "/partner/emails?email=earlier@example.com", body)
    assert answer.status_code == 201
    assert answer.json() == published("update_email.response.201")


def test_second_email_is_refused_as_published(party: Party) -> None:
    body = example("thalamus/email.request")
    answers = [party.send("POST", "/partner/emails", body) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 400]
    assert answers[1].json() == published("error.email.response.400")


@pytest.mark.parametrize(("code", "told"), [("", "TouchpointCodeRequired"), ("none", "InvalidTouchpointCode")])
def test_touchpoint_code_is_refused_by_the_published_codes(party: Party, code: str, told: str) -> None:
    sent = {**published("source.request"), "touchpointCode": code}
    answer = party.send("POST", "/partner/datasources", sent)
    pairs = json.loads(example("thalamus/error.touchpoint.response.400"), object_pairs_hook=list)
    assert ("partnerDataSource", told) in dict(pairs)["errors"]
    assert (answer.status_code, answer.json()["errors"]["partnerDataSource"]) == (400, told)
