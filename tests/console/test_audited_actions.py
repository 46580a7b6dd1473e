"""Every action in the admin leaves its row in the audit log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from alerts.models import Alert
from connector.edge.models import AuditEntry, Scope
from connector.edge.roles import Role
from connector.edge.tokens import issue
from datasources.models import ImportState
from entities.models import Product
from entities.schema import schemas
from sync import local
from sync.admin.field_form import FieldForm
from sync.models import Delivery, Sweep
from tests.admin_addresses import names, operated_by
from tests.audit import deeds
from tests.conftest import in_role
from tests.datasources.factories import make_import, make_source, make_touchpoint
from tests.partners.factories import make_campaign, make_company, make_deal, make_partner
from tests.sync.admin.test_pages import make
from tests.sync.factories import make_delivery

pytestmark = pytest.mark.django_db
Post = tuple[list[Any], dict[str, Any]]  # What the address names, and what is sent to it.
PASSWORD = "a-password-of-a-test"
ALL = "Has all that are dead {}."


def on(row: Any, **sent: Any) -> Post:
    return [row.pk], sent


def beside(**sent: Any) -> Post:
    return [], sent


def dead() -> Delivery:
    Product.objects.create(sku="a")
    return make_delivery(record_key="a", method="PUT", state="dead", reason="LookupError")


def product() -> Any:
    local.create("product", {"sku": "a", "price": 1})
    return Product.objects.get()


def applied() -> Delivery:
    product()
    return Delivery.objects.latest("pk")


def typed_fields(**changes: str) -> dict[str, Any]:
    """Return what the form by field of an empty body sends, with these changes."""
    return {**FieldForm(None, schema=schemas()["product"], held={}, in_force=b"{}").initial, **changes}


def held() -> Any:
    import_ = make_import(1)
    type(import_).objects.update(state=ImportState.PENDING)
    return import_


def of_tenant() -> Post:
    company = make_company(1)
    issue(client_name="a", scope=Scope.HOOD, tenant=str(company.pk))
    return beside(account=f"hood:{company.pk}", burst=1, steady=1)


def source_form() -> dict[str, Any]:
    touchpoint = make_touchpoint(make_partner())
    server = {"data_source_type": "FTP", "host": "ftp.example.com", "working_directory": "/a", "user": "u"}
    access = {"authentication_type": "PASSWORD", "password": PASSWORD, "processor_type": 25011, "every_minutes": 60}
    return {"touchpoint": touchpoint.pk, **server, **access, "column_mapping": "{}", "file_patterns": "{}"}


def joining() -> Post:
    return beside(name="P", company="C", principal="p@example.com", password=PASSWORD, touchpoint="t")


ACTIONS: dict[str, tuple[Callable[[], Post], str]] = {
    "alerts_alert_acknowledge": (lambda: on(make(Alert, 1)), "Acknowledged."),
    "auth_group_add": (lambda: beside(name="auditors"), "Added."),
    "auth_user_add": (
        lambda: beside(username="new", usable_password="true", password1=PASSWORD, password2=PASSWORD),
        "Added.",
    ),
    "datasources_datasource_add": (lambda: beside(**source_form()), "Added."),
    "datasources_datasource_forget": (lambda: on(make_source()), "Its server's key forgotten."),
    "datasources_datasource_pause": (lambda: on(make_source()), "Paused."),
    "datasources_datasource_resume": (
        lambda: on(make_source(paused_at="2026-01-01T00:00Z", paused_reason="x")),
        "Resumed.",
    ),
    "datasources_datasource_run": (lambda: on(make_source()), "Run asked for."),
    "datasources_datasource_test": (lambda: on(make_source(host="127.0.0.1")), "Tested."),
    "datasources_import_cancel": (lambda: on(held()), "Cancelled."),
    "datasources_import_release": (lambda: on(held()), "Released."),
    "datasources_import_of_records": (
        lambda: (["product"], {"file": SimpleUploadedFile("a.csv", b"sku\na\n")}),
        "Uploaded for product.",
    ),
    "datasources_recipient_add": (lambda: beside(partner=make_partner().pk, email="a@example.com"), "Added."),
    "edge_allowance_add": (of_tenant, "Added."),
    "edge_client_limits": (
        lambda: on(issue(client_name="a")[0].client, burst=1, networks=""),
        "Limits changed: burst.",
    ),
    "edge_token_add": (lambda: beside(new_client="shop", scope="read", expires_at=""), "Issued."),
    "edge_token_revoke": (lambda: on(issue(client_name="a")[0]), "Revoked."),
    "edge_token_rotate": (lambda: on(issue(client_name="a")[0], overlap="7"), "Rotated; it ends in 7 days."),
    "entities_product_add": (lambda: beside(body='{"sku": "a"}'), "Created."),
    "entities_product_edit": (
        lambda: on(product(), body='{"price": 2}', seen=str(Product.objects.get().last_delivery)),
        "Changed.",
    ),
    "entities_product_remove": (lambda: on(product()), "Deleted."),
    "partners_campaign_archive": (lambda: on(make_campaign(1), do="archive"), "Archive."),
    "partners_campaign_status": (lambda: on(make_campaign(1), status="inactive", do="inactive"), "Change the status."),
    "partners_company_add": (lambda: beside(name="Acme"), "Added."),
    "partners_deal_archive": (lambda: on(make_deal(1), do="archive"), "Archive."),
    "partners_deal_status": (lambda: on(make_deal(1), status="inactive", do="inactive"), "Change the status."),
    "partners_member_add": (
        lambda: beside(company=make_company(1).pk, name="M", email="m@example.com", status="active"),
        "Added.",
    ),
    "partners_partner_archive": (lambda: on(make_deal(1).partner, do="archive"), "Archive."),
    "partners_partner_status": (
        lambda: on(make_deal(1).partner, status="suspended", do="suspended"),
        "Change the status.",
    ),
    "partners_touchpoint_add": (joining, "Let in."),
    "partners_touchpoint_token": (lambda: on(make_touchpoint(make_partner())), "Given a new token."),
    "sync_delivery_decide": (
        lambda: (["release"], {"deliveries": str(make_delivery(state="held", method="DELETE").pk)}),
        "Released.",
    ),
    "sync_delivery_edit": (lambda: on(dead(), body='{"price": 2}'), "Edited the body."),
    "sync_delivery_edit_fields": (lambda: on(dead(), **typed_fields(price="2")), "Edited the body."),
    "sync_delivery_replay": (lambda: on(dead()), "Replayed."),
    "sync_delivery_replay_group": (lambda: beside(entity=dead().entity, reason="LookupError"), ALL.format("replayed")),
    "sync_delivery_skip": (lambda: beside(deliveries=str(dead().pk), reason="x"), "Skipped."),
    "sync_delivery_skip_group": (
        lambda: beside(entity=dead().entity, reason="LookupError", note="x"),
        ALL.format("skipped"),
    ),
    "sync_delivery_undo": (lambda: on(applied()), "Undone."),
    "sync_erasure_add": (lambda: beside(entity="product", record_key="a", again="a"), "Added."),
    "sync_pushtoken_add": (lambda: beside(entity="", secret="a-token-of-a-test"), "Added."),
    "sync_sweep_cancel": (lambda: on(make(Sweep, 1)), "Cancelled."),
    "sync_switch_add": (lambda: beside(entity="product", mode="refuse"), "Added."),
}
DOWNLOADS = {  # By a link, and in the log all the same.
    "entities_product_export": (beside(kind="csv"), "Exported as csv."),
    "sync_delivery_export_group": (beside(kind="csv", entity="product", reason="x"), "Exported as csv."),
}
READS = {  # What shows something and changes nothing, and pages on which nobody may add.
    *("autocomplete", "index", "login", "search", "password_change_done"),
    *(
        "sync_delivery_dead",
        "sync_delivery_held",
        "sync_delivery_process",
        "sync_delivery_dry_run",
        "entities_product_of_key",
    ),
    *("datasources_import_rejects", "datasources_import_results"),
}
OF_CREDENTIALS = {"datasources_datasource_add", "datasources_datasource_forget"}
FORMS = ("_changelist", "_change", "_delete", "_history")


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr("sync.work.wake.workers", lambda: None)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def test_every_address_that_does_something_is_tested_here() -> None:
    """All entities are one; adding is where a page allows it."""
    entities = {name for name in names() if name.startswith("entities_") and not name.startswith("entities_product_")}
    doing = {name for name in names() if not name.endswith(FORMS)} - entities - READS - DOWNLOADS.keys()
    assert {name for name in doing if name not in ACTIONS and not name.endswith("_add")} == set()


def least_role(name: str) -> Role:
    """Return who may do it: what has to do with the credentials of a source is an administrator's."""
    return Role.ADMINISTRATOR if name in OF_CREDENTIALS else operated_by(name)


@pytest.mark.parametrize("name", ACTIONS)
def test_action_may_be_done_by_its_role_and_is_in_the_audit_log(name: str) -> None:
    prepare, message = ACTIONS[name]
    arguments, sent = prepare()
    answer = in_role(least_role(name)).post(reverse(f"admin:{name}", args=arguments), sent)
    assert answer.status_code in (200, 302)
    entry = deeds().latest("pk")
    assert (entry.who, entry.address, entry.message) == (f"{least_role(name).name.lower()}-0", "127.0.0.1", message)
    assert entry.trace_id == answer["X-Request-Id"]
    assert PASSWORD not in str(AuditEntry.objects.values_list())


@pytest.mark.parametrize("name", DOWNLOADS)
def test_download_is_in_the_audit_log(name: str) -> None:
    (arguments, asked), message = DOWNLOADS[name]
    answer = in_role(Role.OPERATOR).get(reverse(f"admin:{name}", args=arguments), asked)
    assert (answer.status_code, answer.streaming) == (200, True)
    entry = deeds().latest("pk")
    assert (entry.who, entry.message) == ("operator-0", message)
