"""Where Dsync's reports and our deliveries contradict each other."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from notifications.models import Notification
from sync.models import State
from sync.operating.disagreements import Disagreement, disagreeing, disagreement
from tests.plans import plan_of_rows
from tests.sync.factories import make_delivery, make_notification

pytestmark = pytest.mark.django_db
LIST = "/admin/notifications/notification/"
APPLIED, REFUSED, NONE = Disagreement.WE_APPLIED, Disagreement.WE_REFUSED, ""


def found() -> list[str]:
    return list(Notification.objects.order_by("pk").values_list(disagreement(), flat=True))


@pytest.mark.parametrize(
    ("status", "states", "expected"),
    [
        (500, ["applied", "applied"], APPLIED),
        (400, ["applied"], APPLIED),
        (399, ["applied"], NONE),
        (500, ["applied", "rejected"], NONE),
        (500, ["applied", "accepted"], NONE),
        (500, ["applied", "skipped"], NONE),
        (500, [], NONE),
        (200, ["applied"], NONE),
        (200, ["applied", "rejected"], REFUSED),
        (200, ["dead"], REFUSED),
        (399, ["rejected"], REFUSED),
        (200, ["retrying", "held", "accepted", "skipped"], NONE),
        (200, [], NONE),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, list) else str(value),
)
def test_disagreement_of_a_process(status: int, states: list[str], expected: str) -> None:
    for state in states:
        make_delivery(process_id="p-1", state=State(state))
    make_notification(process_id="p-1", status=status)
    assert found() == [expected]
    assert disagreeing(Notification.objects.all()).count() == bool(expected)


def test_failure_of_a_node_disagrees_where_all_was_applied() -> None:
    make_delivery(process_id="p-1")
    make_notification(process_id="p-1", node_id="n-1", status=500)
    assert found() == [APPLIED]


def test_success_of_a_node_says_nothing_of_the_others() -> None:
    make_delivery(process_id="p-1", state="rejected")
    make_notification(process_id="p-1", node_id="n-1", status=200)
    assert found() == [NONE]


def test_processes_of_other_clients_are_other_processes() -> None:
    make_delivery(process_id="p-1", client_id=2)
    make_notification(process_id="p-1", client_id=1, status=500)
    assert found() == [NONE]


@pytest.fixture
def mixed() -> None:
    """Store 3 disagreements, 1 of them of last month, and 2 agreements."""
    make_delivery(process_id="p-1")
    make_delivery(process_id="p-2", state="rejected")
    for number, (process, status) in enumerate([("p-1", 500), ("p-2", 200), ("p-1", 200), ("p-2", 500)]):
        make_notification(process_id=process, status=status, message=str(number))
    old = make_notification(process_id="p-1", status=503)
    Notification.objects.filter(pk=old.pk).update(received_at=timezone.now() - timedelta(days=20))


@pytest.mark.usefixtures("mixed")
@pytest.mark.parametrize(("span", "count"), [("day", 2), ("week", 2), ("month", 3)])
def test_filtered_list_counts_the_disagreements(admin_client: Browser, span: str, count: int) -> None:
    shown = admin_client.get(f"{LIST}?disagrees={span}")
    assert shown.context["cl"].result_count == count
    assert all(row.disagreement for row in shown.context["cl"].result_list)
    assert f"{count} notifications" in shown.content.decode()


@pytest.mark.usefixtures("mixed")
def test_first_page_counts_the_disagreements_of_the_day(admin_client: Browser) -> None:
    cards: list[Any] = admin_client.get("/admin/").context["cards"]
    figure = next(figure for card in cards for figure in card.figures if figure.title == "disagree with us")
    assert (figure.value, figure.alarming) == ("2", True)


def test_page_shows_our_deliveries_and_the_mark(admin_client: Browser) -> None:
    make_delivery(process_id="p-1", record_key="A-1")
    make_delivery(process_id="p-2", record_key="B-1")
    notification = make_notification(process_id="p-1", status=500)
    shown = admin_client.get(f"{LIST}{notification.pk}/change/").content.decode()
    assert "Dsync reports a failure, and we applied every delivery" in shown
    assert "<dt>applied</dt><dd>1</dd>" in shown
    assert "A-1" in shown
    assert "B-1" not in shown


def test_page_shows_no_mark_where_we_agree(admin_client: Browser) -> None:
    make_delivery(process_id="p-1")
    notification = make_notification(process_id="p-1")
    assert "Disagreement" not in admin_client.get(f"{LIST}{notification.pk}/change/").content.decode()


def test_disagreements_are_found_by_the_index_of_processes() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO sync_delivery (state, outcome, entity, record_key, record_hash, lane, method, client_id, process_id,
                idempotency_key, digest, body, body_size, ignored, errors, accepted_at, finished_at)
            SELECT 'applied', 'updated', 'product', n, n, n & 255, 'PUT', 1, 'p-' || n / 10, '', '', '', 0, '[]', '[]', now(), now()
            FROM generate_series(1, 30000) AS n
            """
        )
        cursor.execute("ANALYZE sync_delivery")
    for number in range(20):
        make_notification(process_id=f"p-{number}", status=500)
    for rows in (disagreeing(Notification.objects.all()), Notification.objects.annotate(told=disagreement())):
        plan = plan_of_rows(rows.order_by("-pk")[:50])
        assert "sync_delivery_of_process" in plan
        assert "Seq Scan on sync_delivery" not in plan
