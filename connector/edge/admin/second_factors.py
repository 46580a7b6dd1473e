"""Second factors in the list of users: who has one, and taking away a lost one."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest

from connector.edge.login.second_factor import take_away, with_second_factors


class SecondFactors:
    """What the admin of users has of them."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return with_second_factors(super().get_queryset(request))  # type: ignore[misc]  # the admin's

    @admin.display(description="second factor", boolean=True)
    def with_second_factor(self, user: Any) -> bool:
        return bool(user.has_second_factor)

    @admin.action(description="Take away the second factor of the selected users", permissions=["change"])
    def take_away_second_factors(self: Any, request: HttpRequest, users: QuerySet[User]) -> None:
        """Take them away, as who may change a person's password could; a superuser's only as a superuser."""
        in_reach = users if request.user.is_superuser else users.filter(is_superuser=False)
        taken = [user for user in in_reach if take_away(user)]
        for user in taken:
            self.log_change(request, user, "Took away the second factor.")
        self.message_user(request, f"Second factors taken away: {len(taken)}.", messages.SUCCESS)
