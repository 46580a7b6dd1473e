"""The search box: whatever a person has in hand leads to the page where it is shown."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from datasources.models import Recipient
from partners.models import Contact, Login, Member
from sync.models import Delivery, Job
from tests.conftest import Dsync, operator
from tests.partners.factories import make_partner
from tests.plans import plan_of
from tests.sync.factories import make_delivery, make_notification
from tests.sync.writes import SALE

pytestmark = pytest.mark.django_db


def find(browser: Browser, term: str) -> Any:
    return browser.get("/admin/find/", {"q": term})


def led_to(browser: Browser, term: str) -> str:
    answer = find(browser, term)
    assert answer.status_code == 302
    return str(answer["Location"])


def found(browser: Browser, term: str) -> list[tuple[str, str]]:
    return [(hit.title, hit.label) for hit in find(browser, term).context["hits"]]


def page_of(row: Any) -> str:
    return f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/change/"


def person(dsync: Dsync, principal: str, email: str) -> None:
    dsync.post("person", {"partner": "p", "principal": principal, "firstname": "A", "lastname": "B", "email": email})


@pytest.mark.parametrize(
    ("entity", "body", "key"),
    [
        ("product", {"sku": "a b/ü%"}, "a b/ü%"),
        ("order", {"order_id": "O-1"}, "O-1"),
        ("partner_sale", SALE, "p:1"),
    ],
    ids=["product", "order", "composite"],
)
def test_key_leads_to_its_record(admin_client: Browser, dsync: Dsync, entity: str, body: Any, key: str) -> None:
    dsync.post(entity, body)
    assert led_to(admin_client, f" {key} ").startswith(f"/admin/entities/{entity.replace('_', '')}/")


def test_deleted_record_is_found_too(admin_client: Browser, dsync: Dsync) -> None:
    dsync.post("order", {"order_id": "O-1"})
    dsync.delete("order", "O-1")
    assert led_to(admin_client, "O-1").startswith("/admin/entities/order/")


def test_key_that_was_only_refused_leads_to_its_deliveries(admin_client: Browser, dsync: Dsync) -> None:
    dsync.post("order", {"order_id": "O-1", "currency": "too long"})
    url = led_to(admin_client, "O-1")
    assert url == "/admin/sync/delivery/?q=O-1"
    assert admin_client.get(url).context["cl"].result_count == 1


def test_key_of_two_entities_is_a_list_of_both(admin_client: Browser, dsync: Dsync) -> None:
    dsync.post("product", {"sku": "1001"})
    dsync.post("order", {"order_id": "1001"})
    assert found(admin_client, "1001") == [("Order", "1001"), ("Product", "1001")]


@pytest.mark.parametrize("term", ["{}", "#{}"])
def test_number_leads_to_the_delivery(admin_client: Browser, term: str) -> None:
    delivery = make_delivery()
    assert led_to(admin_client, term.format(delivery.pk)) == page_of(delivery)


def test_process_leads_to_its_page_whoever_knows_it(admin_client: Browser) -> None:
    make_delivery(process_id="came/1")
    make_notification(process_id="told")
    make_delivery(process_id="both")
    make_notification(process_id="both")
    for process, written in (("came/1", "came%2F1"), ("told", "told"), ("both", "both")):
        assert led_to(admin_client, process) == f"/admin/sync/delivery/process/?id={written}"


def test_job_leads_to_its_page(admin_client: Browser) -> None:
    job = Job.objects.create(entity="order", job_id="job-1", client_id=1)
    assert led_to(admin_client, "job-1") == page_of(job)


def test_job_of_two_entities_is_a_list(admin_client: Browser) -> None:
    for entity in ("order", "product"):
        Job.objects.create(entity=entity, job_id="job-1", client_id=1)
    assert sorted(found(admin_client, "job-1")) == [("Job", "order"), ("Job", "product")]


def test_address_leads_to_everybody_who_has_it_in_any_case(admin_client: Browser, dsync: Dsync) -> None:
    partner = make_partner(1)
    person(dsync, "1", "Ada@Example.com")
    person(dsync, "2", "bob@example.com")
    Recipient.objects.create(partner=partner, email="ada@example.com")
    Login.objects.create(partner=partner, principal="ada@example.com", password="")
    Member.objects.create(company=partner.company, name="Ada", email="ADA@example.com")
    Contact.objects.create(partner=partner, type="email", value="ada@example.com")
    User.objects.create(username="ada", email="ada@example.com")
    titles = [title for title, _ in found(admin_client, "ada@example.com")]
    assert titles == ["Person", "Login", "User", "Recipient", "Member", "Contact of partner"]
    assert led_to(admin_client, "BOB@example.com").startswith("/admin/entities/person/")


def test_names_of_those_who_sign_in_are_found(admin_client: Browser) -> None:
    login = Login.objects.create(partner=make_partner(1), principal="acme-files", password="")
    assert led_to(admin_client, "acme-files") == page_of(login)
    assert led_to(admin_client, "admin").startswith("/admin/auth/user/")


def test_at_most_ten_of_a_kind_are_listed(admin_client: Browser, dsync: Dsync) -> None:
    for number in range(12):
        person(dsync, str(number), "ada@example.com")
    assert len(found(admin_client, "ada@example.com")) == 10


@pytest.mark.parametrize(
    "term",
    ["", "   ", "nobody", "%", "_", "a%", "\0", "a\nb", "\u202e", "x" * 256, "x" * 100_000, "9" * 19, "9" * 400, "@", "<b>"],
    ids=["empty", "blank", "unknown", "percent", "underscore", "prefix", "NUL", "newline", "bidi", "long", "very long",
         "over bigint", "digits", "at", "markup"],
)  # fmt: skip
def test_odd_terms_find_nothing_politely(admin_client: Browser, dsync: Dsync, term: str) -> None:
    dsync.post("product", {"sku": "abc"})
    answer = find(admin_client, term)
    assert (answer.status_code, answer.context["hits"]) == (200, [])
    assert "<b>" not in answer.content.decode()


def test_nothing_leads_on_to_the_lists_that_find_by_the_start(admin_client: Browser, dsync: Dsync) -> None:
    dsync.post("order", {"order_id": "ORD-1"})
    lists = dict(find(admin_client, "ORD").context["lists"])
    assert admin_client.get(lists["orders"]).context["cl"].result_count == 1


def test_only_what_the_user_may_see_is_found(dsync: Dsync) -> None:
    dsync.post("order", {"order_id": "1001"}, Process_Id="1001")
    dsync.post("product", {"sku": "1001"})
    User.objects.create(username="1001")
    browser = operator("view_order")
    assert led_to(browser, "1001").startswith("/admin/entities/order/")
    assert [name for name, _ in find(browser, "nothing").context["lists"]] == ["orders"]


def test_who_may_see_deliveries_and_no_records_is_led_to_the_deliveries(dsync: Dsync) -> None:
    dsync.post("order", {"order_id": "O-1"})
    assert led_to(operator("view_delivery"), "O-1") == "/admin/sync/delivery/?q=O-1"


def test_search_is_not_for_strangers() -> None:
    assert led_to(Browser(), "a").startswith("/admin/login/")


@pytest.mark.parametrize("page", ["/admin/", "/admin/sync/delivery/", "/admin/find/", "/admin/auth/user/add/"])
def test_box_stands_on_every_page(admin_client: Browser, page: str) -> None:
    assert '<form action="/admin/find/" role="search"' in admin_client.get(page).content.decode()


def test_search_is_one_statement_whatever_is_found(admin_client: Browser, dsync: Dsync) -> None:
    find(admin_client, "1001")
    with CaptureQueriesContext(connection) as none:
        find(admin_client, "nothing-of-it")
    for entity, body in (("product", {"sku": "1001"}), ("order", {"order_id": "1001"})):
        dsync.post(entity, body, Process_Id="1001")
    with CaptureQueriesContext(connection) as several:
        assert len(found(admin_client, "1001")) == 3
    assert len(none) == len(several)
    assert sum("UNION ALL" in query["sql"] for query in several) == 1


def test_search_looks_at_indexes_alone(admin_client: Browser) -> None:
    with CaptureQueriesContext(connection) as queries:
        find(admin_client, "ada@example.com")
    sql = next(query["sql"] for query in queries if "UNION ALL" in query["sql"])
    plan = plan_of(sql)
    scanned = [line.strip() for line in plan.splitlines() if "Seq Scan" in line]
    assert all("auth_user" in line for line in scanned), scanned
    assert "sync_delivery_of_process" in plan
    assert "person_of_email" in plan
    assert Delivery.objects.count() == 0
