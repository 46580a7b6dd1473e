"""The audit log: one row for everything that a person does in the admin, or a command does in a shell."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import connection, models, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import HttpRequest

from connector.edge.address import address_of
from connector.edge.audit_entry import Action, AuditEntry
from connector.edge.current import request_in_hand
from connector.edge.trace import trace_id

SHELL = "command line"
STRANGER = "No user has the name that was given."
BATCH = 5_000


def note(request: HttpRequest | None, action: Action, rows: Iterable[models.Model], message: Any = "") -> None:
    """Write down what the user of a request did to rows, in the transaction in which it was done."""
    write({**asker(request), "action": action, "message": sentence(message)}, map(subject, rows))


def note_about(request: HttpRequest, model: type[models.Model], what: str, message: str) -> None:
    """Write down what the user of a request did about rows of a model that no single one stands for."""
    told = {**asker(request), "action": Action.CHANGED, "message": message}
    write(told, [{"subject": model._meta.label_lower, "label": what[:200]}])


def note_for(user: User, action: Action, rows: Iterable[models.Model], message: str) -> None:
    """Write down what was done to rows in the name of a user who has asked for it before."""
    write({**by_name(None, user), "action": action, "message": message}, map(subject, rows))


def write(told: dict[str, Any], subjects: Iterable[dict[str, str]]) -> None:
    """Write the same down of each of these subjects."""
    told = {**told, "message": told["message"][:300]}
    AuditEntry.objects.bulk_create([AuditEntry(**told, **each) for each in subjects], batch_size=BATCH)


def note_command(words: str) -> None:
    """Write down that a command begins; the words are its name and what of its arguments is no secret."""
    AuditEntry.objects.create(who=SHELL, action=Action.COMMAND, message=words[:300])


def asker(request: HttpRequest | None) -> dict[str, Any]:
    if request is None:
        return {"who": ""}
    user: Any = getattr(request, "user", None)
    known = user is not None and user.is_authenticated
    return {
        "who": user.get_username() if known else "",
        "user_number": user.pk if known else None,
        "address": address_of(request)[:64],
        "trace_id": trace_id(request),
    }


def subject(row: models.Model) -> dict[str, str]:
    return {"subject": row._meta.label_lower, "subject_number": str(row.pk)[:64], "label": str(row)[:200]}


def sentence(message: Any) -> str:
    """Return a message of Django's admin as text; of a form it tells the names of the fields, never values."""
    return message if isinstance(message, str) else LogEntry(change_message=json.dumps(message)).get_change_message()


@receiver(user_logged_in)
def note_sign_in(request: HttpRequest | None, user: User, **_kwargs: Any) -> None:
    AuditEntry.objects.create(**by_name(request, user), **subject(user), action=Action.SIGNED_IN)


@receiver(user_logged_out)
def note_sign_out(request: HttpRequest | None, user: User | None, **_kwargs: Any) -> None:
    if user is not None:
        AuditEntry.objects.create(**by_name(request, user), **subject(user), action=Action.SIGNED_OUT)


@receiver(user_login_failed)
def note_refusal(credentials: dict[str, Any], request: HttpRequest | None = None, **_kwargs: Any) -> None:
    """Write a refused sign-in down, with its name where a user has it: else it may be a password in the wrong field."""
    user = User.objects.filter(username=str(credentials.get("username", ""))[:150].replace("\0", "")).first()
    known = {**by_name(request, user), **subject(user)} if user else {**asker(request), "message": STRANGER}
    AuditEntry.objects.create(**known, action=Action.REFUSED)


@receiver(post_save, sender=User)
def note_own_password(instance: User, **_kwargs: Any) -> None:
    """Write down that somebody has changed their own password, of which the page for it tells nobody."""
    request = request_in_hand()
    is_new = getattr(instance, "_password", None) is not None  # Set by `set_password`, and still there in this signal.
    if is_new and request is not None and request.user.pk == instance.pk:
        note(request, Action.CHANGED, [instance], "Changed the own password.")


def by_name(request: HttpRequest | None, user: User) -> dict[str, Any]:
    return {**asker(request), "who": user.get_username(), "user_number": user.pk}


def old() -> QuerySet[AuditEntry]:
    """Return what is older than CONNECTOR_AUDIT_DAYS."""
    days = settings.CONNECTOR_AUDIT_DAYS
    return AuditEntry.objects.filter(made_at__lt=Now() - timedelta(days=days)) if days else AuditEntry.objects.none()


def prune() -> Iterator[int]:
    """Remove what is old, the one deletion that the trigger lets pass, and yield how many each batch had."""
    while removed := prune_batch():
        yield removed


@transaction.atomic
def prune_batch() -> int:
    let_through("on")
    oldest = list(old().order_by("pk").values_list("pk", flat=True)[:BATCH])
    removed, _ = AuditEntry.objects.filter(pk__in=oldest).delete()
    let_through("off")
    return removed


def let_through(state: str) -> None:
    """Tell the trigger whether this transaction may delete."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('connector.prunes_audit', %s, true)", [state])
