from __future__ import annotations

import gc
import json
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db import connections
from django.http import HttpResponse
from django.test import Client, override_settings

from connector.edge import trace
from connector.edge.allowances import forget_allowances
from connector.edge.models import Scope
from connector.edge.roles import Role
from connector.edge.tokens import forget_callers, issue
from entities.epoch import rise
from entities.schema import schemas
from entities.tokens import entity_tokens, forget_tokens
from sync.delivery.modes import forget_switches
from sync.keeping.floors import forget_floors
from sync.watching.backlog import forget_size
from tests import mailbox as mail_server
from tests.databases import migrated
from tests.emptying import empty_quickly

HeaderText = str | bytes | None
EXAMPLES = Path(__file__).parent / "contract" / "examples"


def example(name: str) -> bytes:
    """Return a published body, byte for byte."""
    return (EXAMPLES / f"{name}.json").read_bytes()


@dataclass
class Dsync:
    """Dsync's side: sends requests with its tokens, as its own code does."""

    token: str
    http: Client

    def send(self, method: str, path: str, body: Any = None, **headers: HeaderText) -> HttpResponse:
        """Send a request; headers are given as `Entity_Id="a"`, and None leaves one out.

        Every answer must be the envelope, so each request of a test proves it.
        """
        named = {"Auth-Token": self.token, **{name.replace("_", "-"): value for name, value in headers.items()}}
        wire = {name: dressed(value) for name, value in named.items() if value is not None}
        content = {"content_type": wire.pop("Content-Type", "application/json")}
        if body is not None:
            content["data"] = encoded(body)
        path, _, query = path.partition("?")
        # Given apart: the test client would read the first part of //entity/product as a host.
        answer = self.http.generic(
            method, "/", headers=wire, PATH_INFO=dressed(path), QUERY_STRING=dressed(query), **content
        )
        return in_the_envelope(answer)

    def post(self, entity: str, body: Any, **headers: HeaderText) -> HttpResponse:
        return self.write("POST", entity, body, **headers)

    def put(self, entity: str, key: HeaderText, body: Any, **headers: HeaderText) -> HttpResponse:
        return self.write("PUT", entity, body, Entity_Id=key, **headers)

    def delete(self, entity: str, key: HeaderText, body: Any = None, **headers: HeaderText) -> HttpResponse:
        return self.write("DELETE", entity, body, Entity_Id=key, **headers)

    def write(self, method: str, entity: str, body: Any, **headers: HeaderText) -> HttpResponse:
        headers = {"Entity_Token": entity_tokens().get(entity), **headers}
        return self.send(method, f"//entity/{entity}", body, **headers)

    def items(self, entity: str, query: str = "") -> HttpResponse:
        return self.send("GET", f"//api/sync/items/{query}", Entity_Token=entity_tokens()[entity])

    def item(self, entity: str, **wanted: Any) -> dict[str, Any] | None:
        """Return the record as mass synchronisation shows it, None when it is not there."""
        items = self.items(entity, "?per_page=1000").json()["data"]["items"]
        return next((item for item in items if wanted.items() <= item.items()), None)


def encoded(body: Any) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def dressed(value: str | bytes) -> str:
    """Return a header as WSGI holds it: its bytes as latin-1."""
    return (value.encode() if isinstance(value, str) else value).decode("latin-1")


def in_the_envelope(answer: HttpResponse) -> HttpResponse:
    """Return the answer, having seen that it is what every answer must be."""
    assert answer["Content-Type"] == "application/json"
    if answer.content or answer.request["REQUEST_METHOD"] != "HEAD":
        parts = answer.json()
        assert list(parts) == ["status", "message", "detail", "data"]
        assert parts["status"] == answer.status_code
        assert parts["message"].startswith(HTTPStatus(answer.status_code).phrase)
        assert isinstance(parts["detail"], dict)
        assert isinstance(parts["data"], dict)
    return answer


def operator(*permissions: str) -> Client:
    """Return a browser of a staff user with these permissions and no others."""
    user = User.objects.create(username="operator", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    browser = Client()
    browser.force_login(user)
    return browser


def in_role(role: Role) -> Client:
    """Return a browser of a staff user who has a role and nothing else."""
    user = User.objects.create(username=f"{role.name.lower()}-{User.objects.count()}", is_staff=True)
    user.groups.add(Group.objects.get(name=role.name.lower()))
    browser = Client()
    browser.force_login(user)
    return browser


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection() -> Generator[None, object, object]:
    """Have Python's search for garbage leave out what is imported and collected, which lives to the end."""
    gc.disable()
    collected = yield
    gc.collect()
    gc.freeze()
    gc.enable()
    return collected


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Have the database of the tests copied from one that is migrated, and not migrated by each process anew."""
    connections["default"].settings_dict["TEST"]["TEMPLATE"] = migrated()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Have the database, a copy, enter its own epoch; and close what is open to it before it goes, also of mirrors.

    Else the first or the last test of a process fails, whichever that is.
    """
    with django_db_blocker.unblock():
        rise()
    yield
    connections.close_all()


@pytest.fixture(scope="session", autouse=True)
def _emptied_quickly() -> None:
    empty_quickly()


@pytest.fixture(scope="session", autouse=True)
def _passwords_hashed_quickly() -> Iterator[None]:
    """Hash no password for half a second each: most tests of the admin have a user."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    forget_allowances()
    forget_callers()
    forget_tokens()
    forget_switches()
    forget_floors()
    forget_size()
    trace.forget()


@pytest.fixture
def dsync(db: None) -> Dsync:
    return Dsync(issue(client_name="dsync")[1], Client())


@pytest.fixture
def reader(db: None) -> Dsync:
    """A client whose token may read and not write."""
    return Dsync(issue(client_name="reader", scope=Scope.READ)[1], Client())


@pytest.fixture
def nobody(db: None) -> Dsync:
    return Dsync("", Client())


@pytest.fixture
def stranger(dsync: Dsync) -> Dsync:
    """Another client."""
    return Dsync(issue(client_name="stranger")[1], Client())


@pytest.fixture
def policy(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Give an entity other policies than it declares, for one test."""

    def change(entity: str, **policies: Any) -> None:
        schema = schemas()[entity]
        declaration = replace(schema.declaration, **policies)
        monkeypatch.setattr(schema.validator, "on_unknown", declaration.on_unknown)
        monkeypatch.setattr(schema, "declaration", declaration)

    return change


@pytest.fixture
def mailbox(settings: Any) -> Iterator[mail_server.Mailbox]:
    with mail_server.serving(settings) as box:
        yield box
