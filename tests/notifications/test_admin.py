"""Notifications in the admin."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client as Browser

from tests.sync.factories import make_notification

pytestmark = pytest.mark.django_db
LIST = "/admin/notifications/notification/"


def listed(browser: Browser, query: str) -> list[Any]:
    return list(browser.get(LIST + query).context["cl"].result_list)


def test_search_finds_by_process_and_by_node_exactly(admin_client: Browser) -> None:
    whole, node = make_notification(process_id="p-1"), make_notification(process_id="p-10", node_id="46")
    assert listed(admin_client, "?q=p-1") == [whole]
    assert listed(admin_client, "?q=46") == [node]


@pytest.mark.parametrize(("name", "status"), [("2xx", 299), ("3xx", 300), ("4xx", 404), ("5xx", 500)])
def test_list_is_filtered_by_class_of_status(admin_client: Browser, name: str, status: int) -> None:
    found = make_notification(status=status)
    for other in (100, 200, 304, 418, 503):
        make_notification(status=other, process_id="other")
    assert found in listed(admin_client, f"?status_class={name}")
    assert len(listed(admin_client, f"?status_class={name}")) == 2


def test_page_shows_the_process_that_only_the_header_named(admin_client: Browser) -> None:
    notification = make_notification(header_process_id="from-the-header")
    assert b"from-the-header" in admin_client.get(f"{LIST}{notification.pk}/change/").content
