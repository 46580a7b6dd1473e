"""Every page of the admin, whatever room it is of."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.contrib.messages.storage.cookie import CookieStorage
from django.db import connection
from django.db.models import Model
from django.test import Client as Browser
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alerts.models import Alert
from connector.edge.admin.pages import MachineWritten
from connector.edge.models import Allowance, AuditEntry, Token
from connector.edge.tokens import issue
from datasources.models import DataSource
from entities.entity import Entity
from entities.schema import schema_of
from notifications.models import Notification
from partners.models import Touchpoint
from sync.models import Delivery, Erasure, FollowUp, Job, Pull, Push, PushToken, Sweep, Switch, Walk
from tests.conftest import operator
from tests.datasources import factories as sources
from tests.partners import factories
from tests.sync.factories import make_delivery, make_notification

pytestmark = pytest.mark.django_db

SCRIPT = "<script>alert(1)</script>"
VALUES = {"text": "x", "number": 1, "date": date(2026, 1, 2), "boolean": True, "email": "a@example.com"}
MAKERS: dict[str, Callable[[int], Model]] = {
    "edge.client": lambda n: issue(client_name=f"client-{n}")[0].client,
    "edge.token": lambda n: issue(client_name=f"client-{n}")[0],
    "edge.allowance": lambda n: Allowance.objects.create(
        scope="hood", tenant=str(factories.make_company(n).pk), burst=1, steady=1
    ),
    "partners.company": factories.make_company,
    "partners.member": factories.make_member,
    "partners.partner": factories.make_managed_partner,
    "partners.deal": factories.make_deal,
    "partners.campaign": factories.make_campaign,
    "partners.change": factories.make_change,
    "partners.login": sources.make_login,
    "partners.touchpoint": lambda n: sources.make_touchpoint(factories.make_partner(f"partner-{n}"), f"code-{n}"),
    "datasources.datasource": lambda n: sources.make_source(factories.make_partner(f"partner-{n}")),
    "datasources.run": sources.make_run,
    "datasources.import": sources.make_import,
    "datasources.reject": sources.make_reject,
    "datasources.recipient": sources.make_recipient,
    "sync.delivery": lambda n: make_delivery(record_key=f"K-{n}", process_id=f"p-{n}", client_id=client_number(n)),
    "sync.job": lambda n: Job.objects.create(entity="product", job_id=f"j-{n}", client_id=client_number(n)),
    "sync.walk": lambda n: Walk.objects.create(
        entity="product", client_id=client_number(n), per_page=100, highest=n, total=n, last_page=1
    ),
    "sync.pull": lambda n: Pull.objects.create(
        source="http://example.org", entity=f"entity-{n}", is_generation=False, is_dry=False, stage="done", per_page=9
    ),
    "sync.push": lambda n: Push.objects.create(
        entity="product", record_key=f"K-{n}", state="dead", version=1, is_known=True, reason="422"
    ),
    "sync.pushtoken": lambda n: PushToken.objects.create(entity=f"entity-{n}", token="a-token-of-a-test"),
    "sync.followup": lambda n: FollowUp.objects.create(hook=f"hook-{n}", delivery=n),
    "sync.erasure": lambda n: Erasure.objects.create(entity="product", record_key=f"K-{n}", asked_by="admin"),
    "sync.sweep": lambda n: Sweep.objects.create(entity="product", cause=f"reason-{n}", act="replay", total=n, until=n),
    "sync.switch": lambda n: Switch.objects.create(entity=f"entity-{n}", mode="refuse"),
    "notifications.notification": lambda n: make_notification(process_id=f"p-{n}", client_id=client_number(n)),
    "alerts.alert": lambda n: Alert.objects.create(kind="held-delete", subject=f"s-{n}", text="x", path="/admin/"),
    "edge.auditentry": lambda n: AuditEntry.objects.create(who=f"user-{n}", action="signed in"),
    "auth.user": lambda n: User.objects.create(username=f"user-{n}"),
    "axes.accessattempt": lambda n: AccessAttempt.objects.create(
        username=f"user-{n}", ip_address="192.0.2.1", user_agent="a browser", failures_since_start=1
    ),
    "auth.group": lambda n: Group.objects.create(name=f"group-{n}"),
}
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label_lower)
BY_PEOPLE = (
    DataSource,
    Touchpoint,
    Token,
    Entity,
    Erasure,
)  # What people add on pages that are otherwise as the others are.
MACHINE_WRITTEN = [
    model for model in MODELS if isinstance(admin.site._registry[model], MachineWritten) and model is not DataSource
]
every_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label_lower)
every_machine_written = pytest.mark.parametrize("model", MACHINE_WRITTEN, ids=lambda model: model._meta.label_lower)


def client_number(number: int) -> int:
    return issue(client_name=f"client-{number}")[0].client_id


def make(model: type[Model], number: int) -> Model:
    if issubclass(model, Entity):
        schema = schema_of(model)
        given = [leaf for leaf in schema.leaves.values() if leaf.required or leaf.column == "partner_sku_code"]
        required = {leaf.column: VALUES[leaf.type] for leaf in given}
        return model.objects.create(**{**required, schema.declaration.key: f"K-{number}"})
    return MAKERS[model._meta.label_lower](number)


def url(model: type[Model], page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def listed(model: type[Model], query: str, user: User) -> int:
    """Have the rows of a list looked up, and not shown; return the status."""
    request = RequestFactory().get(url(model, "changelist") + query)
    request.user, request._messages = user, CookieStorage(request)
    answer = admin.site.get_model_admin(model).changelist_view(request)
    if "cl" in getattr(answer, "context_data", {}):
        list(answer.context_data["cl"].result_list)
    return answer.status_code


def queries_of(browser: Browser, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert browser.get(address).status_code == 200
    return len(queries)


@every_model
def test_list_takes_as_many_queries_for_12_rows_as_for_2(model: type[Model], admin_client: Browser) -> None:
    for number in range(2):
        make(model, number)
    admin_client.get(url(model, "changelist"))  # What is remembered between pages is.
    few = queries_of(admin_client, url(model, "changelist"))
    for number in range(2, 12):
        make(model, number)
    assert queries_of(admin_client, url(model, "changelist")) == few <= 8


@every_model
def test_page_of_a_row_opens_with_few_queries(model: type[Model], admin_client: Browser) -> None:
    row = make(model, 1)
    assert queries_of(admin_client, url(model, "change", row.pk)) <= 15


@every_model
def test_list_opens_for_any_search(model: type[Model], admin_client: Browser, admin_user: User) -> None:
    make(model, 1)
    assert admin_client.get(url(model, "changelist") + "?q=K-1").status_code == 200
    for query in ("?q=1", "?q=%20", "?q=%00", "?q=" + "9" * 20, "?q=" + "9" * 5000, "?p=7", "?e=1"):
        assert listed(model, query, admin_user) in (200, 302)


@every_machine_written
def test_machine_written_rows_cannot_be_changed_or_deleted(model: type[Model], admin_client: Browser) -> None:
    row = make(model, 1)
    assert admin_client.post(url(model, "change", row.pk), {}).status_code == 403
    assert admin_client.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert model._default_manager.filter(pk=row.pk).exists()


@pytest.mark.parametrize("model", [model for model in MACHINE_WRITTEN if not issubclass(model, BY_PEOPLE)], ids=str)
def test_machine_written_rows_cannot_be_added(model: type[Model], admin_client: Browser) -> None:
    assert admin_client.get(url(model, "add")).status_code == 403
    assert admin_client.post(url(model, "add"), {}).status_code == 403


@pytest.mark.parametrize(("search", "told"), [("", "There are none yet."), ("?q=5", "Nothing matches.")], ids=str)
def test_empty_list_asks_nobody_to_create_what_programs_write(search: str, told: str, admin_client: Browser) -> None:
    page = admin_client.get(f"/admin/sync/pull/{search}").content.decode()
    assert told in page
    assert "Create" not in page


@every_model
def test_pages_are_refused_without_permission(model: type[Model]) -> None:
    row, browser = make(model, 1), operator()
    assert browser.get(url(model, "changelist")).status_code == 403
    assert browser.get(url(model, "change", row.pk)).status_code == 403


def test_panels_of_an_upper_room_are_not_shown_without_its_permission() -> None:
    make_delivery(process_id="p-1")
    notification = make_notification(process_id="p-1")
    page = operator("view_notification").get(url(Notification, "change", notification.pk))
    assert page.status_code == 200
    assert b"Our deliveries" not in page.content


def test_deliveries_of_a_record_are_not_shown_without_their_permission() -> None:
    product = make(admin_product(), 1)
    page = operator("view_product").get(url(type(product), "change", product.pk))
    assert page.status_code == 200
    assert page.context["panels"] == []


def test_first_page_counts_what_the_user_may_see(admin_client: Browser) -> None:
    make_notification()
    cards = {card.title: card for card in admin_client.get("/admin/").context["cards"]}
    assert cards["Notifications in the past 24 hours"].figures[0].value == "1"
    assert [figure.title for figure in cards["Live records"].figures][:2] == ["companies", "orders"]


def test_first_page_is_empty_without_permissions() -> None:
    assert operator().get("/admin/").context["cards"] == []


def test_sidebar_has_every_room_and_only_what_may_be_seen(admin_client: Browser) -> None:
    sections = admin_client.get("/admin/").context["sidebar_navigation"]
    rooms = ["Alerts", "Records", "Partners", "Data sources", "Synchronisation", "Notifications", "Access"]
    assert [section["title"] for section in sections] == rooms
    seen = operator("view_delivery").get("/admin/").context["sidebar_navigation"]
    assert [item["title"] for section in seen for item in section["items"]] == [
        "Dead letters",
        "Held deletes",
        "Deliveries",
        "Sweeps",
    ]


def test_what_came_is_escaped_everywhere(admin_client: Browser) -> None:
    product = make(admin_product(), 1)
    type(product).objects.filter(pk=product.pk).update(name=SCRIPT, sku=SCRIPT, categories=[SCRIPT])
    errors = [{"treekey": SCRIPT, "code": "x", "message": SCRIPT, "received": SCRIPT}]
    shared = {"record_key": SCRIPT, "process_id": SCRIPT, "previous": {"name": SCRIPT, SCRIPT: 1}}
    applied = make_delivery(**shared, body=f'{{"a": "{SCRIPT}"}}'.encode(), ignored=[SCRIPT])
    make_delivery(**{**shared, "previous": None}, state="rejected", errors=errors, body=SCRIPT.encode())
    notification = make_notification(process_id=SCRIPT, node_id=SCRIPT, message=SCRIPT, header_process_id=SCRIPT)
    pages = [
        (type(product), product.pk),
        (Delivery, applied.pk),
        (Delivery, applied.pk + 1),
        (Notification, notification.pk),
    ]
    for address in [
        *(url(model, "change", pk) for model, pk in pages),
        *(url(model, "changelist") for model, _ in pages),
    ]:
        content = admin_client.get(address).content.decode()
        assert SCRIPT not in content
        assert "&lt;script&gt;alert(1)" in content


def admin_product() -> Any:
    return next(model for model in MODELS if model._meta.model_name == "product")
