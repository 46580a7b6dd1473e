"""The roles: three groups of Django's, each with all that the one before may do, kept up to date after every migrate.

A page says by itself to which role it belongs (`ModelAdmin.viewed_by`, `operated_by`, `other_permissions`), so that a
new model needs nothing here. Code asks for permissions and never for a group; a deployment may have groups of its own.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from django.apps import AppConfig, apps
from django.contrib import admin
from django.contrib.auth.management import create_permissions


class Role(IntEnum):
    """Who works with the admin, each with all the permissions of those before."""

    VIEWER = 1
    OPERATOR = 2
    ADMINISTRATOR = 3


def keep_groups(app_config: AppConfig, using: str, **kwargs: Any) -> None:
    """Give each role's group just those permissions of an app that the role has; other groups are left alone."""
    state = kwargs.get("apps", apps)
    try:
        groups, permissions = state.get_model("auth", "Group").objects, state.get_model("auth", "Permission").objects
    except LookupError:  # A migration to before there were any.
        return
    create_permissions(app_config, verbosity=0, using=using, apps=state)
    of_app = permissions.using(using).filter(content_type__app_label=app_config.label).select_related("content_type")
    least = {permission: role_of(permission) for permission in of_app}
    for role in Role:
        group, _ = groups.using(using).get_or_create(name=role.name.lower())
        wanted = {permission.pk for permission, lowest in least.items() if lowest is not None and lowest <= role}
        held = set(group.permissions.filter(content_type__app_label=app_config.label).values_list("pk", flat=True))
        group.permissions.add(*wanted - held)
        group.permissions.remove(*held - wanted)


def role_of(permission: Any) -> Role | None:
    """Return the least role that has a permission; None where no role does."""
    label, name = permission.content_type.app_label, permission.content_type.model
    page = next((page for model, page in pages_of(label).items() if model._meta.model_name == name), None)
    verb = permission.codename.removesuffix(f"_{name}")
    if page is None:
        # What has no page of its own stands on others' pages.
        seen = [viewed_by(each) for each in pages_of(label).values()]
        return min(seen, default=None) if verb == "view" else None
    if verb == "view":
        return viewed_by(page)
    if verb in {"add", "change", "delete"}:
        return getattr(page, "operated_by", Role.ADMINISTRATOR)
    others: dict[str, Role] = getattr(page, "other_permissions", {})
    return others.get(permission.codename, Role.ADMINISTRATOR)


def viewed_by(page: Any) -> Role:
    """Return who may look at a page; a page of somebody else's making is for administrators."""
    return getattr(page, "viewed_by", Role.ADMINISTRATOR)


def pages_of(label: str) -> dict[Any, Any]:
    registered = filter(admin.site.is_registered, apps.get_app_config(label).get_models())
    return {model: admin.site.get_model_admin(model) for model in registered}
