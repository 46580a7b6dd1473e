"""A process on one page: how it stands, what Dsync thinks of it, and what happened, in order."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from connector.edge.models import Client
from notifications.models import Notification
from sync.models import Delivery, Job, State
from sync.operating.disagreements import Disagreement, disagreement, judged
from sync.operating.process import PAGE, Standing, standings, timeline
from tests.conftest import Dsync, operator
from tests.sync.factories import make_delivery, make_notification

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 31, 12, tzinfo=UTC)


def page(browser: Browser, process_id: str = "p-1", **places: Any) -> Any:
    return browser.get("/admin/sync/delivery/process/", {"id": process_id, **places})


def shown(answer: Any) -> str:
    return re.sub(r"(<[^>]*>|\s)+", " ", answer.content.decode())


def at(seconds: int) -> datetime:
    return START + timedelta(seconds=seconds)


def make_job(entity: str, job_id: str, seconds: int) -> Job:
    return Job.objects.create(entity=entity, job_id=job_id, client_id=1, created_at=at(seconds))


def told(status: int, seconds: int, **more: Any) -> Notification:
    digest = f"{status} {seconds}".encode()
    notification = make_notification(status=status, message=f"said at {seconds}", digest=digest, **more)
    Notification.objects.filter(pk=notification.pk).update(received_at=at(seconds))
    return notification


def test_page_has_everything_in_order_the_newest_first(admin_client: Browser) -> None:
    make_delivery(process_id="p-1", record_key="A-1", accepted_at=at(1))
    told(200, 2, node_id="n-1")
    make_delivery(process_id="p-1", record_key="A-2", accepted_at=at(3))
    make_job("product", "job-1", 0)
    events = page(admin_client).context["events"]
    assert [event["source"] for event in events] == ["deliveries", "notifications", "deliveries", "jobs"]
    assert [event["at"][-2:] for event in events] == ["03", "02", "01", "00"]


def test_page_counts_by_entity_and_leads_to_what_it_counts(admin_client: Browser) -> None:
    for state in ("applied", "applied", "rejected", "accepted"):
        make_delivery(process_id="p-1", state=State(state))
    make_delivery(process_id="p-1", entity="order", state=State.DEAD)
    make_delivery(process_id="p-2")
    (standing,) = page(admin_client).context["standings"]
    counts = {row["entity"]: [re.sub("<[^>]*>", "", str(count)) for count in row["counts"]] for row in standing["rows"]}
    assert counts == {"order": list("100100"), "product": list("421001")}
    assert "q=p-1&amp;entity=product&amp;state=rejected" in str(standing["rows"])


@pytest.mark.parametrize(
    ("status", "states", "says"),
    [
        (500, ["applied"], Disagreement.WE_APPLIED.label),
        (200, ["applied", "rejected"], Disagreement.WE_REFUSED.label),
        (200, ["applied", "accepted", "held"], "2 of its deliveries are still on their way"),
        (200, ["applied"], ""),
        (500, ["rejected"], ""),
    ],
    ids=["failed, we applied", "done, we refused", "done, we have not", "both done", "both failed"],
)
def test_page_marks_where_dsync_and_we_disagree(
    admin_client: Browser, status: int, states: list[str], says: str
) -> None:
    for state in states:
        make_delivery(process_id="p-1", state=State(state))
    make_notification(process_id="p-1", status=status)
    (standing,) = page(admin_client).context["standings"]
    assert says in str(standing["mark"])
    assert bool(standing["mark"]) == bool(says)


@pytest.mark.parametrize("status", [200, 399, 400, 500])
@pytest.mark.parametrize("node", ["", "n-1"])
@pytest.mark.parametrize(
    "states", [[], ["applied"], ["applied", "dead"], ["rejected"], ["held"], ["applied", "skipped"]], ids="+".join
)
def test_judgement_by_counts_is_that_of_the_lists(status: int, node: str, states: list[str]) -> None:
    for state in states:
        make_delivery(process_id="p-1", state=State(state))
    make_notification(process_id="p-1", status=status, node_id=node)
    by_state = standings("p-1").get(1, Standing()).by_state
    assert judged(status, node, by_state) == Notification.objects.values_list(disagreement(), flat=True).get()


def test_dsyncs_newest_word_counts(admin_client: Browser) -> None:
    make_delivery(process_id="p-1")
    told(500, 1)
    told(200, 2)
    (standing,) = page(admin_client).context["standings"]
    assert "said at 2" in standing["reports"]
    assert "1 of a failure" in standing["reports"]
    assert not standing["mark"]


def test_processes_of_two_clients_stand_apart(admin_client: Browser) -> None:
    other = Client.objects.create(name="another")
    make_delivery(process_id="p-1", client_id=other.pk + 1, state=State.REJECTED)
    make_delivery(process_id="p-1", client_id=other.pk)
    make_notification(process_id="p-1", client_id=other.pk)
    found = {str(standing["client"]): bool(standing["mark"]) for standing in page(admin_client).context["standings"]}
    assert found == {"another": False, str(other.pk + 1): False}


@pytest.mark.parametrize(
    ("process", "says"),
    [
        ("p-9", "Nothing is known of a process p-9"),
        ("", "Nothing is known"),
        ("\0", "Nothing"),
        ("x" * 9000, "Nothing"),
    ],
    ids=["unknown", "empty", "NUL", "very long"],
)
def test_unknown_process_is_told(admin_client: Browser, process: str, says: str) -> None:
    make_delivery()
    answer = page(admin_client, process)
    assert answer.status_code == 200
    assert says in shown(answer)


def test_process_id_may_have_slashes_and_dots(admin_client: Browser) -> None:
    make_delivery(process_id="../a//b?c")
    link = re.search(r'href="([^"]*process/[^"]*)"', admin_client.get("/admin/sync/delivery/").content.decode())
    assert link
    assert "Came from" in admin_client.get(link[1]).content.decode()


def test_pages_have_every_event_once_in_order() -> None:
    for number in range(PAGE + 30):
        make_delivery(process_id="p-1", accepted_at=at(number * 2))
    for number in range(PAGE):
        told(200, number * 3, process_id="p-1", node_id=f"n-{number}")
    sources = {
        "deliveries": Delivery.objects.of_process("p-1"),
        "notifications": Notification.objects.filter(process_id="p-1"),
    }
    events, places = [], {}
    while True:
        read = timeline(sources, places)
        events += read.events
        places = dict(read.following)
        if not places:
            break
    assert len({(event.source, event.row.pk) for event in events}) == len(events) == 2 * PAGE + 30
    assert [event.at for event in events] == sorted((event.at for event in events), reverse=True)


def test_page_leads_to_the_older_events_and_back(admin_client: Browser) -> None:
    first = make_delivery(process_id="p-1", record_key="the-first")
    for _ in range(PAGE):
        make_delivery(process_id="p-1")
    newest = page(admin_client)
    assert "the-first" not in shown(newest)
    older = admin_client.get(newest.context["older"])
    assert [str(first.pk) in event["number"] for event in older.context["events"]] == [True]
    assert (older.context["older"], older.context["newest"]) == ("", "/admin/sync/delivery/process/?id=p-1")


@pytest.mark.parametrize("place", ["x", "-1", "9" * 30, "\0"])
def test_place_that_is_no_number_is_the_newest(admin_client: Browser, place: str) -> None:
    make_delivery(process_id="p-1")
    assert len(page(admin_client, deliveries=place).context["events"]) == 1


def test_page_takes_as_many_statements_for_many_events_as_for_few(admin_client: Browser) -> None:
    make_delivery(process_id="p-1")
    make_notification(process_id="p-1")
    page(admin_client)
    with CaptureQueriesContext(connection) as few:
        page(admin_client)
    for number in range(20):
        make_delivery(process_id="p-1", client_id=number, entity="order")
        told(200, number, client_id=number, node_id=f"n-{number}")
    with CaptureQueriesContext(connection) as many:
        page(admin_client)
    assert len(few) == len(many)


def test_jobs_are_those_that_were_in_force(admin_client: Browser) -> None:
    make_delivery(process_id="p-1", accepted_at=at(10))
    make_delivery(process_id="p-1", accepted_at=at(20))
    for entity, job, seconds in (("product", "old", 1), ("product", "in-force", 2), ("product", "meanwhile", 15)):
        make_job(entity, job, seconds)
    make_job("product", "later", 30)
    make_job("order", "of-others", 5)
    jobs = [event["what"] for event in page(admin_client).context["events"] if event["source"] == "jobs"]
    assert [re.sub("<[^>]*>", "", job) for job in jobs] == ["Job meanwhile", "Job in-force"]


def test_page_of_a_pull_leads_to_it(admin_client: Browser) -> None:
    make_delivery(process_id="pull-7")
    assert "/admin/sync/pull/7/change/" in page(admin_client, "pull-7").content.decode()


def test_page_shows_no_more_than_the_user_may_see(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"}, Process_Id="p-1")
    make_notification(process_id="p-1", client_id=Delivery.objects.get().client_id, message="not for everybody")
    make_job("product", "job-1", 0)
    answer = page(operator("view_delivery"))
    assert [event["source"] for event in answer.context["events"]] == ["deliveries"]
    assert "not for everybody" not in answer.content.decode()


def test_page_is_refused_to_who_may_not_see_deliveries() -> None:
    assert page(operator("view_notification")).status_code == 403


def test_faults_are_told_and_payloads_are_not(admin_client: Browser, dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a", "name": "mark-of-a-payload", "price": "much"}, Process_Id="p-1")
    answer = page(admin_client)
    assert "price must be a number" in shown(answer)
    assert "mark-of-a-payload" not in answer.content.decode()
