"""The page of the data layout."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client as Browser

from entities.data_layout import data_layout
from entities.layout_lock import Change, Lock
from tests.conftest import operator

pytestmark = pytest.mark.django_db
PAGE = "/admin/layout/"
Locked = dict[str, Any]


@pytest.fixture
def locked(settings: Any, tmp_path: Path) -> Callable[..., None]:
    """Lock the layout as it was before a change."""

    def lock(before: Callable[[Locked], object] = lambda _: None) -> None:
        entities = json.loads(Lock.of(data_layout({})).written())
        before(entities["entities"])
        settings.CONNECTOR_LAYOUT_LOCK = tmp_path / "layout.lock.json"
        settings.CONNECTOR_LAYOUT_LOCK.write_text(json.dumps(entities))

    return lock


def shown(browser: Browser) -> str:
    return browser.get(PAGE).content.decode()


def test_page_has_every_field_of_every_entity(admin_client: Browser) -> None:
    content = shown(admin_client)
    for text in ("inventory.qty", "attributes.name", "list of object", "partner_stock", "The product sku"):
        assert text in content


def test_unchanged_layout_is_said_to_be(admin_client: Browser, locked: Callable[..., None]) -> None:
    locked()
    assert "Nothing has changed" in shown(admin_client)


def test_changes_are_told_with_what_they_mean(admin_client: Browser, locked: Callable[..., None]) -> None:
    def before(entities: Locked) -> None:
        del entities["product"]["product.color"]
        entities["product"]["product.gone"] = {"type": "text"}
        entities["product"]["product.price"]["type"] = "text"

    locked(before)
    content = shown(admin_client)
    assert "2 of these stop mappings" in content
    for text in ("product.color", "product.gone", "was removed", "changed type from", "drawn anew", "can be mapped"):
        assert text in content


@pytest.mark.parametrize(("content", "told"), [(None, "There is no layout lock"), ("{", "cannot be read")])
def test_missing_lock_is_said_to_be(
    admin_client: Browser, settings: Any, tmp_path: Path, content: str | None, told: str
) -> None:
    settings.CONNECTOR_LAYOUT_LOCK = tmp_path / "lock"
    if content:
        settings.CONNECTOR_LAYOUT_LOCK.write_text(content)
    assert told in shown(admin_client)


@pytest.mark.parametrize(
    ("change", "meaning"),
    [
        (Change("a.b", "became required"), "Creates that do not send it"),
        (Change("a.b", "became optional", is_breaking=False), "go on as they are"),
        (Change("a", "has another token"), "calls are refused"),
    ],
    ids=["required", "optional", "token"],
)
def test_change_tells_what_it_means_for_dsync(change: Change, meaning: str) -> None:
    assert meaning in change.meaning


def test_page_shows_what_the_user_may_see() -> None:
    browser = operator("view_product")
    content = shown(browser)
    assert 'id="product"' in content
    assert 'id="person"' not in content
    assert PAGE in content


def test_page_is_refused_to_who_may_see_no_entity() -> None:
    assert operator("view_job").get(PAGE).status_code == 403


def test_page_tells_no_token(admin_client: Browser) -> None:
    assert "entity_token" not in shown(admin_client)
