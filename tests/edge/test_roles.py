"""The groups of the roles, and what they hold."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission, User

from connector.edge.roles import Role, keep_groups
from entities.schema import schemas
from tests.conftest import in_role

pytestmark = pytest.mark.django_db


def held(role: Role) -> set[str]:
    permissions = Group.objects.get(name=role.name.lower()).permissions
    return set(permissions.values_list("codename", flat=True))


def test_each_role_may_all_that_the_one_before_may() -> None:
    assert held(Role.VIEWER) < held(Role.OPERATOR) < held(Role.ADMINISTRATOR)


@pytest.mark.parametrize(
    ("permission", "least"),
    [
        ("view_delivery", Role.VIEWER),
        ("view_contact", Role.VIEWER),
        ("view_token", Role.VIEWER),
        ("see_payloads", Role.OPERATOR),
        ("change_delivery", Role.OPERATOR),
        ("change_datasource", Role.OPERATOR),
        ("view_auditentry", Role.OPERATOR),
        ("set_credentials", Role.ADMINISTRATOR),
        ("add_token", Role.ADMINISTRATOR),
        ("change_switch", Role.ADMINISTRATOR),
        ("change_pushtoken", Role.ADMINISTRATOR),
        ("change_login", Role.ADMINISTRATOR),
        ("view_user", Role.ADMINISTRATOR),
        ("change_group", Role.ADMINISTRATOR),
    ],
)
def test_permission_is_of_a_role_and_those_above(permission: str, least: Role) -> None:
    assert {role for role in Role if permission in held(role)} == {role for role in Role if role >= least}


def test_every_entity_is_covered() -> None:
    names = {schema.model._meta.model_name for schema in schemas().values()}
    assert {f"view_{name}" for name in names} <= held(Role.VIEWER)
    assert {f"change_{name}" for name in names} <= held(Role.OPERATOR) - held(Role.VIEWER)


def test_migrating_mends_the_groups_and_leaves_others_alone() -> None:
    viewers, own = Group.objects.get(name="viewer"), Group.objects.create(name="auditors")
    own.permissions.add(Permission.objects.get(codename="view_delivery"))
    viewers.permissions.set([Permission.objects.get(codename="change_delivery")])
    for config in apps.get_app_configs():
        keep_groups(config, using="default")
    assert "view_delivery" in held(Role.VIEWER)
    assert "change_delivery" not in held(Role.VIEWER)
    assert own.permissions.get().codename == "view_delivery"


@pytest.mark.parametrize(
    ("page", "sent"),
    [("change", {"username": "x"}), ("password", {"password1": "x"}), ("delete", {"post": "yes"})],
    ids=str,
)
def test_administrator_has_no_power_over_a_superuser(page: str, sent: dict[str, Any], admin_user: User) -> None:
    browser = in_role(Role.ADMINISTRATOR)
    assert browser.post(f"/admin/auth/user/{admin_user.pk}/{page}/", sent).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [admin_user.pk], "post": "yes"}
    browser.post("/admin/auth/user/", chosen)
    assert User.objects.filter(pk=admin_user.pk, username="admin").exists()


def test_administrator_makes_no_superuser() -> None:
    browser = in_role(Role.ADMINISTRATOR)
    user = User.objects.create(username="ann")
    sent = {
        "username": "ann",
        "is_superuser": "on",
        "is_staff": "on",
        "date_joined_0": "2026-01-01",
        "date_joined_1": "0:00",
    }
    assert browser.post(f"/admin/auth/user/{user.pk}/change/", sent).status_code == 302
    user.refresh_from_db()
    assert (user.is_staff, user.is_superuser) == (True, False)
