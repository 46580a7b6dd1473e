"""Who may see the reference, and what its page loads."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from reference.checks import check_audience

ADDRESSES = ["/openapi.json", "/docs/", "/docs", "//docs/", "/schemas/product.json"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_reference_is_seen_by_anybody(address: str, client: Client) -> None:
    assert get(client, address).status_code == 200


@pytest.mark.parametrize("address", ADDRESSES)
def test_reference_is_seen_by_staff_alone_when_it_is_theirs(
    address: str, client: Client, admin_client: Client, settings: Any
) -> None:
    settings.CONNECTOR_REFERENCE = "staff"
    answer = get(client, address)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/admin/login/")
    assert get(admin_client, address).status_code == 200


@pytest.mark.parametrize("address", ADDRESSES)
def test_reference_is_nowhere_when_it_is_off(address: str, admin_client: Client, settings: Any) -> None:
    settings.CONNECTOR_REFERENCE = "off"
    answer = get(admin_client, address)
    assert (answer.status_code, answer.json()["status"]) == (404, 404)


@pytest.mark.parametrize("address", ADDRESSES)
def test_reference_is_read_alone(address: str, client: Client) -> None:
    answer = client.generic("POST", "/", PATH_INFO=address)
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")


def test_schema_of_no_entity_is_nowhere(client: Client) -> None:
    assert get(client, "/schemas/nothing.json").json()["status"] == 404


def test_misspelt_audience_is_refused(settings: Any) -> None:
    settings.CONNECTOR_REFERENCE = "nobody"
    assert [error.id for error in check_audience()] == ["reference.E001"]


def test_page_loads_own_files_alone_and_evaluates_nothing(client: Client) -> None:
    answer = get(client, "/docs/")
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "connect-src 'self'" in policy
    assert "unsafe-eval" not in policy
    files = re.findall(r'(?:src|href)="(/static/[^"]+)"', answer.content.decode())
    assert len(files) == 5
    assert all(finders.find(file.removeprefix("/static/")) for file in files)
    assert "<script>" not in answer.content.decode()


def get(browser: Client, address: str) -> Any:
    """Ask for an address; the test client would read the first part of //docs/ as a host."""
    return browser.generic("GET", "/", PATH_INFO=address)
