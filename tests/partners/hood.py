"""The side of a company's program: sends requests with its token and sees that every answer is of the contract."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.test import Client

from partners.models import Company, Member

RATES = {"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"}
TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")


@dataclass
class Hood:
    token: str
    company: Company
    member: Member
    http: Client

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """Send a request; every answer must be in the contract's shape, so each request of a test proves it."""
        path, _, query = path.partition("?")
        wire = {"Authorization": f"Bearer {self.token}", **headers}
        content = {"content_type": wire.pop("Content-Type", "application/json")}
        if body is not None:
            content["data"] = body if isinstance(body, bytes) else json.dumps(body).encode()
        address = f"/v1/hood{path}"
        answer = self.http.generic(method, address, headers=wire, QUERY_STRING=query, **content)
        return in_shape(answer)

    def get(self, path: str) -> Any:
        answer = self.send("GET", path)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def items(self, path: str) -> list[dict[str, Any]]:
        return self.get(path)["items"]

    def item(self, path: str) -> dict[str, Any]:
        found = self.get(path)
        assert found["total"] == 1
        return found["items"][0]

    def ids(self, path: str) -> list[str]:
        return [item["id"] for item in self.items(path)]

    def create(self, noun: str, **members: Any) -> dict[str, Any]:
        """Create a row that is valid but for what is given, and return it as it was answered."""
        answer = self.send("POST", f"/{noun}s", {**self.sample(noun), **members})
        assert answer.status_code == 201, answer.content
        return answer.json()

    def sample(self, noun: str) -> dict[str, Any]:
        return {
            "partner": {"manager_ids": [str(self.member.pk)], "type": ["publisher"], "status": "active"},
            "deal": {"name": "Deal", "base_price": 1.5, "clickthrough": True},
            "campaign": {"name": "Campaign"},
        }[noun]

    def create_contact(self, partner: dict[str, Any], **members: str) -> dict[str, Any]:
        sent = {"type": "email", "value": "a@example.com", **members}
        answer = self.send("POST", f"/partners/{partner['id']}/contacts", sent)
        assert answer.status_code == 201, answer.content
        return answer.json()

    def patch(self, path: str, **members: Any) -> HttpResponse:
        return self.send("PATCH", path, members)

    def change(self, path: str, **members: Any) -> None:
        answer = self.patch(path, **members)
        assert (answer.status_code, answer.content) == (204, b""), answer.content

    def archive(self, path: str) -> HttpResponse:
        return self.send("POST", f"{path}/archive")


def in_shape(answer: HttpResponse) -> HttpResponse:
    if answer.status_code not in (401, 429):
        assert set(answer.headers) >= RATES
    if answer.status_code == 204:
        assert answer.content == b""
        assert "Content-Type" not in answer
        return answer
    assert answer["Content-Type"] == "application/json"
    if answer.status_code >= 400:
        error = answer.json()
        assert list(error)[:3] == ["code", "title", "message"]
        assert error["code"] == answer.status_code
        assert error["title"] == f"{HTTPStatus(answer.status_code).phrase.capitalize()}."
        assert str(UUID(error["trace_id"])) == error["trace_id"] == answer["X-Request-Id"]
        assert set(error) <= {"code", "title", "message", "trace_id", "errors"}
    return answer


def faults(answer: HttpResponse) -> dict[str, str]:
    """Return the code of each fault by its field, having seen that the answer is a 400 that has some."""
    assert answer.status_code == 400, answer.content
    found = answer.json()["errors"]
    assert all(fault["message"] for fault in found)
    return {fault["field"]: fault["code"] for fault in found}


def message(answer: HttpResponse) -> str:
    assert answer.status_code == 400, answer.content
    return answer.json()["message"]
