"""The document is a valid one, says all that is served, and shows what a deployer adds."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from connector.edge.envelope import encode
from connector.edge.views import ContractView
from entities.schema import schemas
from entities.schema.json_schema import entity_schema
from partners.fields.form import Form
from reference.document import document
from reference.hood import shapes as hood
from tests.entities.everything import SCHEMA
from tests.entities.project import ROOT

# What is part of no contract: for probes, for people, and what tells of the contracts.
NOT_OF_A_CONTRACT = {
    "health/live",
    "health/ready",
    "metrics",
    "openapi.json",
    "schemas/<str:entity>.json",
    "docs",
    "docs/",
    "",  # what no other route takes
}
METHODS = {"get", "post", "put", "patch", "delete"}


def routes(patterns: list[Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every route outside of the admin, as it is written, with its view."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and not route.startswith("admin"):
            yield route, pattern.callback


ROUTES = dict(routes(get_resolver().url_patterns))


def sample(path: str) -> str:
    """Return an address of a documented path."""
    return re.sub(r"\{[^}]+\}", "1", path)


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def test_document_is_valid_openapi() -> None:
    assert [str(error) for error in OpenAPIV31SpecValidator(document()).iter_errors()] == []


def test_every_route_is_documented_or_named_as_part_of_no_contract() -> None:
    documented = {resolve(sample(path)).route for _, path, _ in operations()}
    assert documented <= ROUTES.keys()
    assert ROUTES.keys() - documented <= NOT_OF_A_CONTRACT


def test_every_method_of_every_route_is_documented() -> None:
    said: dict[str, set[str]] = {}
    for method, path, _ in operations():
        said.setdefault(resolve(sample(path)).route, set()).add(method)
    for route, methods in said.items():
        view = ROUTES[route].view_class
        assert issubclass(view, ContractView)
        assert methods == {name for name in METHODS if hasattr(view, name)}, route


def test_operations_have_names_of_their_own() -> None:
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(names) == len(set(names))


def test_every_entity_has_its_operations_and_schemas() -> None:
    for name in schemas():
        assert set(document()["paths"][f"/entity/{name}"]) == {"post", "put", "delete"}
        assert {f"{name}.{shape}" for shape in ("create", "update", "item")} <= set(document()["components"]["schemas"])


@pytest.mark.parametrize("name", list(schemas()))
def test_schema_of_an_entity_is_served_and_is_the_document_s(name: str, client: Client) -> None:
    answer = client.get(f"/schemas/{name}.json")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/schema+json")
    served = answer.json()
    Draft202012Validator.check_schema(served)
    told = document()["components"]["schemas"][f"{name}.create"]
    assert told == {**served["$defs"]["create"], "externalDocs": {"url": served["$id"]}}
    assert served == entity_schema(schemas()[name], f"/schemas/{name}.json")


@pytest.mark.parametrize("noun", list(hood.FORMS))
def test_reads_of_partners_are_described_name_by_name(noun: str) -> None:
    form, shape = hood.FORMS[noun]
    assert isinstance(form, Form)
    assert list(document()["components"]["schemas"][noun]["properties"]) == list(shape)


def test_document_is_made_without_the_database(client: Client) -> None:
    answer = client.get("/openapi.json")  # Whatever is asked of the database fails here.
    assert (answer.status_code, answer.content) == (200, encode(document()))


def test_entity_that_a_deployer_adds_appears(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reference.dsync.entities.entities", lambda: {**schemas(), "everything": SCHEMA})
    with_it = document.__wrapped__()
    assert set(with_it["paths"]["/entity/everything"]) == {"post", "put", "delete"}
    assert "german_day" in with_it["components"]["schemas"]["everything.create"]["properties"]
    assert [str(error) for error in OpenAPIV31SpecValidator(with_it).iter_errors()] == []


def test_document_is_of_this_release() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert document()["info"]["version"] == project["project"]["version"]
