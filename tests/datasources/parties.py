"""A party of a partner: what calls the data source contract in tests."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass, field
from ipaddress import IPv6Address
from random import getrandbits
from typing import Any

from django.http import HttpResponse
from django.test import Client

from partners.audit import Actor
from partners.joining import Joining, join
from partners.models import Login, Partner, Touchpoint

SOURCE = {
    "host": "test.myftp.net",
    "user": "demo",
    "password": "password",
    "workingDirectory": "/stock",
    "processorType": 25012,
    "fileImportType": "PARTY",
    "authenticationType": "PASSWORD",
    "dataSourceType": "FTP",
    "touchpointCode": "test",
    "amountCalculated": True,
}


def browser() -> Client:
    """Return a browser at an address that no other has: guesses of passwords are counted by it."""
    return Client(REMOTE_ADDR=str(IPv6Address(getrandbits(128))))


@dataclass
class Party:
    touchpoint: Touchpoint
    token: str
    principal: str
    password: str
    http: Client = field(default_factory=browser)

    @property
    def partner(self) -> Partner:
        return self.touchpoint.partner

    @property
    def login(self) -> Login:
        return Login.objects.get(principal=self.principal)

    def send(self, method: str, path: str, body: Any = None, **headers: str | None) -> HttpResponse:
        """Send a request as this party; None leaves a header out. Every error must be in the contract's shape."""
        named = {
            "Thalamus-Touchpoint": self.touchpoint.code,
            "Thalamus-Token": self.token,
            "Authorization": basic(self.principal, self.password),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        path, _, query = path.partition("?")
        wire = {name: value for name, value in named.items() if value is not None}
        content = {"content_type": wire.pop("Content-Type", "application/json")}
        if body is not None:
            content["data"] = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = self.http.generic(method, f"/api/v4{path}", headers=wire, QUERY_STRING=query, **content)
        return in_shape(answer)

    def get(self, path: str) -> Any:
        answer = self.send("GET", path)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def create_source(self, **members: Any) -> dict[str, Any]:
        sent = {**SOURCE, "touchpointCode": self.touchpoint.code, **members}
        answer = self.send("POST", "/partner/datasources", sent)
        assert answer.status_code == 201, answer.content
        return answer.json()["datasource"]


def basic(principal: str, password: str) -> str:
    return f"Basic {b64encode(f'{principal}:{password}'.encode()).decode()}"


def make_party(name: str = "Partner", *, code: str = "test", company: str = "Acme") -> Party:
    """Return a party whose partner, login and touchpoint are new, or those of this name."""
    principal, password = f"{name.lower()}@example.com", "only-for-tests"
    touchpoint, token = join(Joining(name, principal, password, code, company), Actor("a test"))
    return Party(touchpoint, token, principal, password)


def in_shape(answer: HttpResponse) -> HttpResponse:
    if answer.status_code >= 400:
        assert list(answer.json()) == ["errors"]
        errors = answer.json()["errors"]
        if "error.code" in errors:
            assert errors["error.code"] == str(answer.status_code)
            assert set(errors) == {"error.code", "error.message"}
        else:
            keys = [key for key in errors if not key.startswith("execution.")]
            assert set(errors) == {*keys, *(f"execution.{key}" for key in keys)}
            assert keys
    return answer


def faults(answer: HttpResponse) -> dict[str, str]:
    """Return the code of each key, having seen that the answer is a 400."""
    assert answer.status_code == 400, answer.content
    return {key: code for key, code in answer.json()["errors"].items() if not key.startswith("execution.")}
