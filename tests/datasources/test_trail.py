"""Changes of data sources stand in the trail of their partner, and secrets in none."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from partners.models import Change
from tests.datasources.factories import make_source
from tests.datasources.parties import SOURCE, Party

pytestmark = pytest.mark.django_db
SECRET = "never-to-be-seen"


def trail() -> list[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    """Return what is told of data sources: who did what, and what was before and after."""
    found = Change.objects.filter(subject="datasource").order_by("pk")
    assert SECRET not in str(list(found.values()))
    return list(found.values_list("who", "action", "before", "after"))


def test_creation_is_kept_without_secrets(party: Party) -> None:
    party.create_source(host="ftp.example.com", password=SECRET)
    ((who, action, before, after),) = trail()
    assert (who, action, before) == (f"login {party.principal}", "created", {})
    assert (after["host"], after["password"], after["touchpoint"]) == ("ftp.example.com", "(secret)", "test")


def test_change_is_kept_with_what_differs(party: Party) -> None:
    source = party.create_source(host="ftp.example.com")
    sent = {**SOURCE, "host": "other.example.com", "password": SECRET}
    answer = party.send("PUT", f"/partner/datasources/{source['id']}", sent)
    change = Change.objects.latest("pk")
    assert (change.subject_id, change.trace_id) == (str(source["id"]), answer["X-Request-Id"])
    assert change.before == {"host": "ftp.example.com", "password": "(secret)"}
    assert change.after == {"host": "other.example.com", "password": "(secret)"}


def test_what_changes_nothing_leaves_no_trace(party: Party) -> None:
    source = party.create_source()
    party.send("PUT", f"/partner/datasources/{source['id']}", {**SOURCE})
    assert [action for _, action, _, _ in trail()] == ["created"]


def test_deletion_is_kept_with_what_was_there(party: Party) -> None:
    source = party.create_source(password=SECRET)
    party.send("DELETE", f"/partner/datasources/{source['id']}")
    _, action, before, after = trail()[-1]
    assert (action, before["host"], before["password"], after) == ("deleted", SOURCE["host"], "(secret)", {})


@pytest.mark.parametrize(
    ("step", "column", "after"), [("pause", "paused_reason", "By admin."), ("forget", "host_key", None)]
)
def test_step_of_a_person_is_kept(admin_client: Browser, step: str, column: str, after: str | None) -> None:
    source = make_source(host_key="ssh-ed25519 AAAA")
    admin_client.post(reverse(f"admin:datasources_datasource_{step}", args=[source.pk]))
    ((who, action, _, values),) = trail()
    assert (who, action, values) == ("user admin", "updated", {column: after})


def test_deletion_of_many_by_a_person_is_kept(admin_client: Browser) -> None:
    sources = [make_source(host=f"{name}.example.com") for name in "ab"]
    chosen = {"action": "delete_selected", "_selected_action": [source.pk for source in sources], "post": "yes"}
    admin_client.post(reverse("admin:datasources_datasource_changelist"), chosen)
    assert sorted((action, before["host"][0]) for _, action, before, _ in trail()) == [
        ("deleted", "a"),
        ("deleted", "b"),
    ]
