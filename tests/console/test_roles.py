"""What each role sees and may do, on every page of the admin there is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client as Browser

from connector.edge.models import AuditEntry
from connector.edge.roles import Role
from datasources.models import DataSource
from tests.admin_addresses import addresses, model_of, models, names, operated_by, pages_beside
from tests.conftest import Dsync, in_role, operator
from tests.console.world import EMAIL, MARK, SECRET, build
from tests.datasources.factories import make_source

pytestmark = pytest.mark.django_db
NAMES = names()
OF_MODELS = [name for name in NAMES if any(name.startswith(f"{model._meta.app_label}_") for model in models())]
KEPT_APART = {"django_session", "edge_auditentry"}  # What looking at a page writes; the log is judged by itself.
SHOWN_TO_OPERATORS = {  # Where the mark is, so that a page which hides it does hide something.
    *("sync_delivery", "sync_push", "notifications_notification", "entities_product"),
    *("partners_partner", "partners_deal", "partners_campaign", "partners_change", "partners_member"),
    *("datasources_import", "datasources_reject", "datasources_recipient"),
}


@pytest.fixture
def _world(dsync: Dsync, settings: Any) -> None:
    settings.CONNECTOR_RATE_BURST = settings.CONNECTOR_RATE_STEADY = 10**6
    build(dsync)


def pages(of: Iterable[str] = NAMES) -> list[str]:
    """Return the addresses of these patterns; of the console's pages, with something to look for."""
    beside = [f"{page}?q={term}" for page in pages_beside() for term in ("K-9", "p-1", "Partner-9")]
    shown = ["/admin/sync/delivery/process/?id=p-1", "/admin/sync/delivery/?since=any", "/admin/?span=week"]
    return [*(address for name in of for address in addresses(name)), *beside, *shown]


def content_of(browser: Browser, address: str) -> str:
    answer = browser.get(address, follow=True)
    assert answer.status_code in (200, 403, 404, 405), address
    return (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()


def showing(browser: Browser, text: str, of: Iterable[str] = NAMES) -> list[str]:
    return [address for address in pages(of) if text in content_of(browser, address)]


def everything() -> dict[str, Any]:
    """Return a fingerprint of the rows of each table."""
    tables = set(connection.introspection.table_names()) - KEPT_APART
    with connection.cursor() as cursor:
        found = {}
        for table in sorted(tables):
            cursor.execute(f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM \"{table}\" AS t")  # noqa: S608
            found[table] = cursor.fetchone()[0]
    return found


def post_all(browser: Browser, of: Iterable[str]) -> dict[str, int]:
    """Post to every address what would do something, and return how each answered."""
    sent = {"post": "yes", "do": "archive", "reason": "x", "deliveries": "1", "entity": "product", "body": "{}"}
    answers = {address: browser.post(address, sent).status_code for name in of for address in addresses(name)}
    for name in of:
        if name.endswith("_changelist"):
            for action, address in actions_of(name):
                answers[f"{address} {action['action']}"] = browser.post(address, action).status_code
    return answers


def actions_of(name: str) -> list[tuple[dict[str, Any], str]]:
    model = model_of(name)
    page = admin.site.get_model_admin(model)
    chosen = [str(pk) for pk in model._default_manager.values_list("pk", flat=True)]
    named = [action if isinstance(action, str) else action.__name__ for action in page.actions or ()]
    sent = [{"action": action, "_selected_action": chosen, "post": "yes"} for action in [*named, "delete_selected"]]
    return [(action, addresses(name)[0]) for action in sent]


@pytest.mark.usefixtures("_world")
def test_viewer_opens_every_list_and_sees_no_payload() -> None:
    browser = in_role(Role.VIEWER)
    assert showing(browser, MARK) == []
    assert content_of(browser, "/admin/sync/delivery/?since=any").count("K-9") > 0


@pytest.mark.usefixtures("_world")
def test_operator_sees_the_payloads() -> None:
    browser = in_role(Role.OPERATOR)
    assert {page for page in SHOWN_TO_OPERATORS if not shows_mark(browser, f"{page}_change")} == set()


def shows_mark(browser: Browser, name: str) -> bool:
    return any(MARK in content_of(browser, address) for address in addresses(name))


@pytest.mark.usefixtures("_world")
def test_nobody_sees_a_secret(admin_client: Browser) -> None:
    for browser in (admin_client, in_role(Role.ADMINISTRATOR), operator("view_datasource", "change_datasource")):
        assert showing(browser, SECRET, [name for name in NAMES if "datasource" in name]) == []


@pytest.mark.usefixtures("_world")
def test_viewer_changes_nothing() -> None:
    browser = in_role(Role.VIEWER)
    before, told = everything(), AuditEntry.objects.count()
    answers = post_all(browser, OF_MODELS)
    changed = {table for table, held in everything().items() if held != before[table]}
    assert (changed, AuditEntry.objects.count()) == (set(), told)
    assert {code for code in answers.values() if code not in (403, 405, 302, 200)} == set()


@pytest.mark.usefixtures("_world")
def test_operator_changes_nothing_that_is_an_administrators() -> None:
    browser = in_role(Role.OPERATOR)
    kept = [name for name in OF_MODELS if operated_by(name) is Role.ADMINISTRATOR]
    before, told = everything(), AuditEntry.objects.count()
    post_all(browser, kept)
    changed = {table for table, held in everything().items() if held != before[table]}
    assert (changed, AuditEntry.objects.count()) == (set(), told)


ADMINISTRATORS = (
    "/admin/edge/token/add/",
    "/admin/sync/switch/add/",
    "/admin/sync/pushtoken/add/",
    "/admin/auth/user/",
)


@pytest.mark.parametrize("address", [*ADMINISTRATORS, "/admin/datasources/datasource/add/", "/admin/auth/group/"])
def test_page_is_for_administrators_alone(address: str) -> None:
    refused = in_role(Role.OPERATOR).get(address)
    assert (refused.status_code, "Your role does not let you" in refused.content.decode()) == (403, True)
    assert in_role(Role.ADMINISTRATOR).get(address).status_code == 200


def test_operator_sets_when_a_source_is_looked_at_and_not_where_it_is() -> None:
    source, browser = make_source(), in_role(Role.OPERATOR)
    sent = {"every_minutes": 7, "host": "other.example.com", "password": "another", "processor_type": 25011}
    given = {**sent, "column_mapping": "{}", "file_patterns": "{}"}
    assert browser.post(f"/admin/datasources/datasource/{source.pk}/change/", given).status_code == 302
    found = DataSource.objects.get()
    assert (found.every_minutes, found.host, found.password) == (7, source.host, source.password)


@pytest.mark.parametrize("page", ["forget", "delete"])
def test_operator_does_not_forget_or_delete_a_source(page: str) -> None:
    source = make_source(host_key="a-key")
    address = f"/admin/datasources/datasource/{source.pk}/{page}/"
    assert in_role(Role.OPERATOR).post(address, {"post": "yes"}).status_code == 403
    assert DataSource.objects.get().host_key == "a-key"


@pytest.mark.parametrize("lookup", ["name__startswith=mark", "extra__icontains=mark", "price__gte=1"])
def test_viewer_cannot_ask_for_rows_by_what_is_hidden(lookup: str) -> None:
    assert in_role(Role.VIEWER).get(f"/admin/entities/product/?{lookup}").status_code == 400
    assert in_role(Role.OPERATOR).get(f"/admin/entities/product/?{lookup}").status_code == 200


@pytest.mark.usefixtures("_world")
def test_viewer_finds_nobody_by_an_address() -> None:
    assert in_role(Role.VIEWER).get("/admin/find/", {"q": EMAIL}).context["hits"] == []
    assert in_role(Role.OPERATOR).get("/admin/find/", {"q": EMAIL}).context["hits"] != []
