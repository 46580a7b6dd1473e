"""Lists of big tables: what is counted, what is estimated, and how deep one may page."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.paginator import EmptyPage
from django.db import connection
from django.test import Client as Browser

from connector.edge.admin.paginator import BoundedPaginator
from connector.edge.counting import COUNTED, count_up_to, estimated_rows
from connector.edge.models import Client

pytestmark = pytest.mark.django_db


def fill(rows: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO edge_client (name) SELECT 'c-' || n FROM generate_series(1, %s) AS n", [rows])
        cursor.execute("ANALYZE edge_client")


def paginator(**conditions: Any) -> BoundedPaginator:
    return BoundedPaginator(Client.objects.filter(**conditions).order_by("-pk"), 50)


def test_small_table_is_counted_exactly() -> None:
    fill(120)
    pages = paginator()
    assert (pages.count, pages.num_pages, pages.total, pages.is_cut) == (120, 3, "120", False)


def test_big_table_is_counted_to_the_bound_and_estimated() -> None:
    fill(12_000)
    pages = paginator()
    assert (pages.count, pages.num_pages, pages.is_cut) == (COUNTED, 200, True)
    assert pages.total == "about 12,000"


def test_big_result_of_a_filter_is_not_estimated() -> None:
    fill(12_000)
    assert paginator(name__startswith="c").total == "more than 10,000"


def test_table_that_was_never_analysed_is_not_estimated() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE never_seen (id bigint)")
    assert estimated_rows("never_seen") <= 0


def test_pages_past_the_bound_cannot_be_reached(admin_client: Browser) -> None:
    fill(12_000)
    assert len(paginator().page(200)) == 50
    with pytest.raises(EmptyPage):
        paginator().page(201)
    assert admin_client.get("/admin/edge/client/?p=201")["Location"] == "/admin/edge/client/?e=1"


def test_all_rows_are_never_shown_at_once(admin_client: Browser) -> None:
    fill(120)
    assert len(admin_client.get("/admin/edge/client/?all=").context["cl"].result_list) == 50


def test_counting_stops_at_the_bound() -> None:
    fill(300)
    assert count_up_to(100, Client.objects.all()) == 100
    assert count_up_to(1000, Client.objects.all()) == 300


def test_list_says_about_how_many_there_are(admin_client: Browser) -> None:
    fill(12_000)
    assert b"about 12,000" in admin_client.get("/admin/edge/client/").content
