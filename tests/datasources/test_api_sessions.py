"""Who gets in: touchpoints and tokens, HTTP Basic, sessions, roles, and how often a password may be tried."""

from __future__ import annotations

import logging
from dataclasses import replace
from ipaddress import IPv6Address
from random import getrandbits
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver

from connector.edge.allowances import Window
from partners import guesses, passwords
from partners.models import Login, Partner, Role, Touchpoint
from tests.datasources.parties import Party, basic, browser, faults, make_party

pytestmark = pytest.mark.django_db
UNAUTHORIZED = {"errors": {"error.message": "UNAUTHORIZED", "error.code": "401"}}
SOURCES = "/partner/datasources"


def routes() -> list[str]:
    api = next(each for each in get_resolver().url_patterns if str(each.pattern) == "api/v4/")
    return [f"/{str(route.pattern).replace('<str:number>', '1')}" for route in api.url_patterns]


def refused(answer: Any) -> bool:
    return (answer.status_code, answer.json()) == (401, UNAUTHORIZED)


@pytest.mark.parametrize("path", routes())
def test_every_route_needs_a_touchpoint_and_its_token(party: Party, other: Party, path: str) -> None:
    for named in (
        {"Thalamus_Token": None},
        {"Thalamus_Touchpoint": None},
        {"Thalamus_Token": "none"},
        {"Thalamus_Touchpoint": "none"},
        {"Thalamus_Touchpoint": "", "Thalamus_Token": ""},
    ):
        assert refused(party.send("GET", path, **named))


@pytest.mark.parametrize("path", [path for path in routes() if path not in ("/signin", "/logout")])
def test_every_route_but_of_sessions_needs_a_party(party: Party, path: str) -> None:
    assert refused(party.send("GET", path, Authorization=None))
    assert refused(party.send("GET", path, Authorization=basic(party.principal, "wrong")))


def test_touchpoint_and_token_may_stand_in_the_query(party: Party) -> None:
    path = f"{SOURCES}?touchpoint={party.touchpoint.code}&token={party.token}"
    answer = party.send("GET", path, Thalamus_Touchpoint=None, Thalamus_Token=None)
    assert answer.status_code == 200


def test_header_wins_over_the_query(party: Party) -> None:
    assert party.send("GET", f"{SOURCES}?touchpoint=none&token=none").status_code == 200
    query = f"{SOURCES}?touchpoint={party.touchpoint.code}&token={party.token}"
    assert refused(party.send("GET", query, Thalamus_Token="none"))


def test_party_is_refused_over_the_touchpoint_of_another(party: Party, other: Party) -> None:
    assert refused(party.send("GET", SOURCES, Thalamus_Token=other.token))


@pytest.mark.parametrize(
    "header",
    ["Basic", "Basic !", "Basic YQ==", "Bearer x", "Basic /w==", "Basic AGE6Yg==", "Digest YTpi"],
    ids=["empty", "no base64", "no colon", "bearer", "no utf-8", "nul", "digest"],
)
def test_unreadable_credentials_are_refused(party: Party, header: str) -> None:
    assert refused(party.send("GET", SOURCES, Authorization=header))


def sign_in(party: Party, **members: Any) -> Any:
    sent = {"principal": party.principal, "password": party.password, **members}
    return party.send("POST", "/signin", sent, Authorization=None)


def test_sign_in_begins_a_session(party: Party) -> None:
    answer = sign_in(party)
    assert answer.status_code == 200
    assert answer.json()["context"]["simpleProfile"]["me"] is False
    assert party.send("GET", SOURCES, Authorization=None).status_code == 200


def test_session_cookie_is_out_of_reach_of_scripts_and_other_addresses(party: Party) -> None:
    cookie = sign_in(party).cookies["thalamus_session"]
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"]) == (True, True, "Lax")
    assert cookie["path"] == "/api/v4"


def test_session_needs_the_touchpoint_of_its_party(party: Party, other: Party) -> None:
    sign_in(party)
    assert refused(party.send("GET", SOURCES, Authorization=None, Thalamus_Token=other.token))


def test_session_of_the_contract_opens_no_admin(party: Party) -> None:
    key = sign_in(party).cookies["thalamus_session"].value
    party.http.cookies["sessionid"] = key
    assert party.http.get("/admin/").status_code == 302


def test_logout_ends_the_session(party: Party) -> None:
    key = sign_in(party).cookies["thalamus_session"].value
    assert party.send("GET", "/logout", Authorization=None).status_code == 200
    party.http.cookies["thalamus_session"] = key
    assert refused(party.send("GET", SOURCES, Authorization=None))


@pytest.mark.parametrize("key", ["x" * 32, "a'b", "\x00", ""], ids=["unknown", "quote", "nul", "empty"])
def test_made_up_session_is_refused(party: Party, key: str) -> None:
    party.http.cookies["thalamus_session"] = key
    assert refused(party.send("GET", SOURCES, Authorization=None))


def test_sign_in_names_all_that_is_missing(party: Party) -> None:
    answer = party.send("POST", "/signin", {}, Authorization=None)
    assert faults(answer) == {"principal": "Required", "password": "Required"}


def change_password(party: Party, text: str) -> None:
    login = party.login
    login.set_password(text)
    login.save()


def test_new_password_ends_sessions_and_what_is_remembered(party: Party) -> None:
    sign_in(party)
    assert party.send("GET", SOURCES).status_code == 200
    change_password(party, "another-one")
    assert refused(party.send("GET", SOURCES, Authorization=None))
    assert refused(party.send("GET", SOURCES))
    assert party.send("GET", SOURCES, Authorization=basic(party.principal, "another-one")).status_code == 200


def test_right_password_is_checked_once(party: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    party.get(SOURCES)
    monkeypatch.setattr(passwords, "check_password", lambda *_: pytest.fail("It was checked again."))
    party.get(SOURCES)


def test_guesses_of_a_touchpoints_token_are_told_to_wait(party: Party, settings: Any) -> None:
    settings.CONNECTOR_TOKEN_GUESSES = 3
    for side, last in ((replace(party, http=browser()), 429), (party, 200)):
        assert party.send("GET", SOURCES).status_code == 200
        statuses = [side.send("GET", SOURCES, Thalamus_Token=f"guess-{number}").status_code for number in range(4)]
        assert statuses == [401] * 3 + [429]
        assert side.send("GET", SOURCES).status_code == last


def test_guesses_are_refused_before_anything_is_hashed(party: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = basic(party.principal, "wrong")
    assert [party.send("GET", SOURCES, Authorization=wrong).status_code for _ in range(5)] == [401] * 5
    monkeypatch.setattr(passwords, "check_password", lambda *_: pytest.fail("It was hashed."))
    answer = party.send("GET", SOURCES)
    assert (answer.status_code, answer.json()["errors"]["error.message"]) == (429, "TOO_MANY_REQUESTS")
    assert int(answer["Retry-After"]) > 0


def test_guesses_of_unknown_principals_are_counted_by_address(party: Party) -> None:
    statuses = [
        party.send("GET", SOURCES, Authorization=basic(f"nobody-{number}", "x")).status_code for number in range(61)
    ]
    assert statuses == [401] * 60 + [429]


def test_guesses_from_the_network_of_one_neighbour_are_counted_together(party: Party) -> None:
    network = getrandbits(64) << 64
    sides = [replace(party, http=Client(REMOTE_ADDR=str(IPv6Address(network + number)))) for number in range(6)]
    wrong = basic(party.principal, "wrong")
    assert [side.send("GET", SOURCES, Authorization=wrong).status_code for side in sides] == [401] * 5 + [429]


def test_guesses_elsewhere_do_not_keep_the_party_out(party: Party) -> None:
    attacker = Party(party.touchpoint, party.token, party.principal, "wrong", browser())
    assert [attacker.send("GET", SOURCES).status_code for _ in range(6)][-1] == 429
    assert party.send("GET", SOURCES).status_code == 200


def test_guesses_everywhere_keep_the_party_out_of_new_places_alone(
    party: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert party.send("GET", SOURCES).status_code == 200  # What other tests tried of the principal is forgiven.
    passwords.forget_pairs()
    monkeypatch.setattr(guesses, "OF_PRINCIPAL", (Window(3, 3600),))
    wrong = basic(party.principal, "wrong")
    elsewhere = [replace(party, http=browser()) for _ in range(5)]
    assert [side.send("GET", SOURCES, Authorization=wrong).status_code for side in elsewhere] == [401] * 3 + [429] * 2
    assert [side.send("GET", SOURCES).status_code for side in (elsewhere[-1], party)] == [429, 200]


def test_right_password_forgives_earlier_guesses(party: Party) -> None:
    wrong = basic(party.principal, "wrong")
    for _ in range(2):
        assert [party.send("GET", SOURCES, Authorization=wrong).status_code for _ in range(4)] == [401] * 4
        passwords.forget_pairs()
        assert party.send("GET", SOURCES).status_code == 200


def test_address_behind_the_proxy_is_what_the_proxy_saw(party: Party, settings: Any) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    party.http.defaults["REMOTE_ADDR"] = "10.0.0.1"
    wrong = basic(party.principal, "wrong")
    for number in range(5):  # What a client says itself stands before it.
        sent = f"203.0.113.{number}, 2001:db8::{party.partner.pk:x}"
        party.send("GET", SOURCES, Authorization=wrong, X_Forwarded_For=sent)
    answer = party.send("GET", SOURCES, Authorization=wrong, X_Forwarded_For=sent)
    assert answer.status_code == 429


@pytest.mark.parametrize("change", [{"status": "suspended"}, {"archived": True}], ids=["suspended", "archived"])
def test_partner_that_is_not_active_is_403(party: Party, change: dict[str, Any]) -> None:
    sign_in(party)
    Partner.objects.filter(pk=party.partner.pk).update(**change)
    for answer in (party.send("GET", SOURCES), party.send("GET", SOURCES, Authorization=None), sign_in(party)):
        assert answer.status_code == 403
        assert answer.json()["errors"]["partner"] == "PartnerNotActive"


def test_party_without_the_role_may_sign_in_and_use_no_partner_service(party: Party) -> None:
    Login.objects.update(role=Role.CONSUMER)
    assert sign_in(party).status_code == 200
    answer = party.send("GET", SOURCES)
    assert answer.json() == {
        "errors": {
            "partner": "InvalidRoleForLoggedParty",
            "execution.partner": "The party must have the role of partner.",
        }
    }
    assert answer.status_code == 400


def test_pages_of_the_context_can_be_followed(party: Party) -> None:
    links = sign_in(party).json()["context"]["links"]
    assert [link["ref"] for link in links] == ["home", "profile", "consumer"]
    for link in links:
        assert party.get(link["href"].partition("/api/v4")[2])["links"] == links


def test_nothing_secret_is_logged_or_kept(party: Party, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        party.send("GET", f"{SOURCES}?token={party.token}&touchpoint=test", Thalamus_Token=None)
        sign_in(party, password="wrong-password")
        sign_in(party)
    for secret in (party.token, party.password, "wrong-password"):
        assert secret not in caplog.text
    assert party.password not in Login.objects.get().password
    assert party.token.encode() not in bytes(Touchpoint.objects.get().digest)


def test_new_token_of_a_touchpoint_ends_the_old_one(party: Party) -> None:
    again = make_party()
    assert again.touchpoint == party.touchpoint
    assert refused(party.send("GET", SOURCES))
    assert again.send("GET", SOURCES).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", SOURCES, "GET, HEAD, POST"),
        ("GET", "/signin", "POST"),
        ("PATCH", f"{SOURCES}/1", "GET, HEAD, PUT, DELETE"),
    ],
)
def test_wrong_method_is_405(party: Party, method: str, path: str, allowed: str) -> None:
    answer = party.send(method, path)
    assert (answer.status_code, answer["Allow"]) == (405, allowed)


@pytest.mark.parametrize("path", ["", "/none", "/partner", "/partner/datasources/1/none"])
def test_unknown_path_is_404_in_the_contracts_shape(path: str, db: None) -> None:
    answer = Client().get(f"/api/v4{path}")
    assert (answer.status_code, answer.json()["errors"]["error.code"]) == (404, "404")
