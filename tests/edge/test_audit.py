"""The audit log: who did what, kept from everybody."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.utils import timezone

from connector.edge import audit
from connector.edge.models import AuditEntry, Token
from connector.edge.tokens import issue
from tests.conftest import operator

pytestmark = pytest.mark.django_db
LIST = "/admin/edge/auditentry/"
LOGIN = "/admin/login/"
PASSWORD = "a-password-of-a-test"


def entry(**given: Any) -> AuditEntry:
    return AuditEntry.objects.create(**{"who": "ann", "action": "changed", **given})


def told() -> list[tuple[str, str]]:
    return list(AuditEntry.objects.order_by("pk").values_list("who", "action"))


@pytest.mark.parametrize("change", [{"who": "bob"}, {"made_at": "2030-01-01T00:00Z"}, {"message": ""}], ids=str)
def test_entry_cannot_be_changed_by_anybody(change: dict[str, Any]) -> None:
    entry()
    with pytest.raises(IntegrityError, match="only ever added to"), transaction.atomic():
        AuditEntry.objects.update(**change)


def test_entry_cannot_be_deleted_by_anybody(admin_client: Browser) -> None:
    kept = entry()
    with pytest.raises(IntegrityError, match="only ever added to"), transaction.atomic():
        AuditEntry.objects.all().delete()
    assert admin_client.post(f"{LIST}{kept.pk}/delete/", {"post": "yes"}).status_code == 403


def test_old_entries_alone_are_removed_by_age(settings: Any) -> None:
    settings.CONNECTOR_AUDIT_DAYS = 10
    entry(made_at=timezone.now() - timedelta(days=11))
    young = entry(made_at=timezone.now() - timedelta(days=9))
    assert (sum(audit.prune()), list(AuditEntry.objects.all())) == (1, [young])
    with pytest.raises(IntegrityError), transaction.atomic():
        young.delete()


def test_all_entries_are_kept_by_0_days_or_another_age_of_pruning(settings: Any) -> None:
    entry(made_at=timezone.now() - timedelta(days=399))
    call_command("prune", days=1, json=True)
    settings.CONNECTOR_AUDIT_DAYS = 0
    call_command("prune", json=True)
    assert ("ann", "changed") in told()


def test_entries_outlive_their_user() -> None:
    browser = operator("add_token")
    browser.post("/admin/edge/token/add/", {"new_client": "shop", "scope": "read", "expires_at": ""})
    User.objects.all().delete()
    assert told() == [("operator", "signed in"), ("operator", "added")]


def test_signing_in_and_out_is_told(admin_user: User) -> None:
    admin_user.set_password(PASSWORD)
    admin_user.save()
    browser = Browser()
    browser.post(LOGIN, {"username": "admin", "password": PASSWORD})
    browser.post("/admin/logout/")
    assert told() == [("admin", "signed in"), ("admin", "signed out")]
    assert set(AuditEntry.objects.values_list("address", flat=True)) == {"127.0.0.1"}


def test_refused_sign_in_names_a_user_and_never_what_is_no_user(admin_user: User) -> None:
    for name in ("admin", "a-password-in-the-wrong-field", "\0"):
        Browser().post(LOGIN, {"username": name, "password": PASSWORD})
    assert set(told()) == {("admin", "refused"), ("", "refused")}
    kept = str(AuditEntry.objects.values_list())
    assert "wrong-field" not in kept
    assert PASSWORD not in kept


def test_new_password_of_ones_own_is_told(admin_user: User) -> None:
    admin_user.set_password(PASSWORD)
    admin_user.save()
    browser = Browser()
    browser.force_login(admin_user)
    new = {"new_password1": "another-password", "new_password2": "another-password"}
    browser.post("/admin/password_change/", {"old_password": PASSWORD, **new})
    assert AuditEntry.objects.latest("pk").message == "Changed the own password."


@pytest.mark.parametrize(
    ("command", "arguments", "words"),
    [
        ("issue_token", ["shop"], "issue_token name=shop scope=write"),
        ("create_company", ["Acme"], "create_company name=Acme"),
        ("rotate_secrets", [], "rotate_secrets"),
        ("rotate_entity_token", ["product"], "rotate_entity_token name=product"),
        ("partition_entity", ["product", "1"], "partition_entity name=product parts=1"),
        ("resync", ["replay", "product", "--dry-run"], "resync action=replay entity=product state=dead dry_run=True"),
    ],
    ids=str,
)
def test_command_that_changes_something_is_told(command: str, arguments: list[str], words: str) -> None:
    call_command(command, *arguments, stdout=StringIO())
    assert list(AuditEntry.objects.values_list("who", "action", "message")) == [("command line", "command", words)]


def test_revoked_token_is_told_by_its_prefix_and_not_as_it_was_typed() -> None:
    text = issue(client_name="shop")[1]
    call_command("revoke_token", text, stdout=StringIO())
    assert AuditEntry.objects.get().message == f"revoke_token {Token.objects.get().prefix}"
    assert text.rpartition("_")[2] not in str(AuditEntry.objects.values_list())


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?who=ann", 1),
        ("?action=deleted", 1),
        ("?of=sync.delivery:7", 1),
        ("?of=sync.delivery:8", 0),
        ("?q=2026-01-02", 1),
        ("?q=bob", 1),
        ("?since=hour", 1),
        ("?of=%00", 2),
        ("?of=%3A", 0),
    ],
    ids=str,
)
def test_log_is_filtered_by_who_what_and_when(query: str, found: int) -> None:
    entry(subject="sync.delivery", subject_number="7")
    entry(who="bob", action="deleted", subject="sync.job", made_at="2026-01-02T12:00Z")
    rows = operator("view_auditentry").get(LIST + query).context["cl"].result_list
    assert len([row for row in rows if row.who in ("ann", "bob")]) == found


def test_page_of_a_row_leads_to_what_was_done_to_it(admin_client: Browser) -> None:
    token = issue(client_name="shop")[0]
    admin_client.post(f"/admin/edge/token/{token.pk}/revoke/")
    answer = admin_client.get(f"/admin/edge/token/{token.pk}/history/", follow=True)
    assert answer.redirect_chain[0][0] == f"{LIST}?of=edge.token%3A{token.pk}"
    assert "Revoked." in answer.content.decode()


def test_way_to_the_log_is_offered_to_those_who_may_see_it(admin_client: Browser) -> None:
    address = "/admin/partners/company/"
    admin_client.post(f"{address}add/", {"name": "Acme"})
    page = admin_client.get(address).context["cl"].result_list[0].pk
    assert "history/" in admin_client.get(f"{address}{page}/change/").content.decode()
    assert "history/" not in operator("view_company").get(f"{address}{page}/change/").content.decode()
