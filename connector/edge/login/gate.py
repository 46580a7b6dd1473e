"""Nobody is past the password who has a second factor and has not shown it, or must have one and has none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode

from connector.edge.browsers import ADMIN
from connector.edge.login.second_factor import must_have_second_factor

OPEN = {"admin:login", "admin:logout", "admin:jsi18n", "second_factor_check"}
ENROLMENT = {"second_factor", "second_factor_confirm"}


class SecondFactorGate:
    """Stands before every page of the admin but those that lead through it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponseBase | None:
        if not request.path_info.startswith(ADMIN) or request.resolver_match is None:
            return None
        name = request.resolver_match.view_name
        user = cast("Any", request.user)
        if name in OPEN or not user.is_authenticated or user.is_verified():
            return None
        if user.has_second_factor:
            return HttpResponseRedirect(
                f"{reverse('second_factor_check')}?{urlencode({'next': request.get_full_path()})}"
            )
        if name not in ENROLMENT and must_have_second_factor(user):
            messages.info(request, "A second factor is asked of you here: set it up to go on.")
            return HttpResponseRedirect(reverse("second_factor"))
        return None
