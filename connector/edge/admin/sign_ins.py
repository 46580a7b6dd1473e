"""Who failed to sign in, from where, and who is locked out for it; a lock is undone here."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from axes.models import AccessAttempt
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from connector.edge.admin.pages import MachineWritten, column
from connector.edge.admin.text import moment, tag
from connector.edge.login.lockout import is_locked, unlock, with_failures
from connector.edge.roles import Role


@column("at")
def at(attempt: AccessAttempt) -> str:
    return moment(attempt.attempt_time)


@column("state")
def state(attempt: Any) -> str:
    return tag("locked", "red") if is_locked(attempt) else tag("open")


@column("failures")
def failures(attempt: AccessAttempt) -> str:
    return str(attempt.failures_since_start)


@column("browser")
def browser(attempt: AccessAttempt) -> str:
    return str(attempt.user_agent)


@admin.register(AccessAttempt)
class FailedSignIns(MachineWritten):
    """What was sent is not shown: who mistakes the field types a password for a name."""

    viewed_by = operated_by = Role.ADMINISTRATOR
    list_display = (at, "username", "ip_address", failures, state, browser)
    sections = ((None, (at, "username", "ip_address", failures, state, browser)),)
    search_help_text = "A user name or an address, exactly"
    actions = ("unlock",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_failures(super().get_queryset(request).defer("get_data", "post_data"))

    def found_by(self, term: str) -> Q:
        try:
            return Q(username=term) | Q(ip_address=str(ip_address(term)))
        except ValueError:
            return Q(username=term)

    @admin.action(description="Unlock the selected names at their addresses", permissions=["operate"])
    def unlock(self, request: HttpRequest, attempts: QuerySet[Any]) -> None:
        chosen = list(attempts)
        for attempt in chosen:
            self.log_change(request, attempt, "Unlocked.")
            unlock(attempt)
        self.message_user(request, f"Failed sign-ins forgotten: {len(chosen)}.", messages.SUCCESS)
