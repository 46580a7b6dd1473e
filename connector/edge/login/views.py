"""The pages of the second factor: showing a code after the password, setting one up, and giving it up."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

import django_otp
import segno
from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_POST

from connector.edge import audit
from connector.edge.audit_entry import Action
from connector.edge.login.forms import CodeForm
from connector.edge.login.second_factor import SecondFactor, begin, must_have_second_factor

View = Callable[..., HttpResponse]


def with_factor(*, confirmed: bool) -> Callable[[View], View]:
    """Give the view the person's own factor; who has none in that state is led to the page that tells the state."""

    def decorate(view: View) -> View:
        @wraps(view)
        def found(request: HttpRequest) -> HttpResponse:
            factor = own_factor(request)
            is_there = factor is not None and factor.confirmed == confirmed
            return view(request, factor) if is_there else redirect("second_factor")

        return found

    return decorate


def own_factor(request: HttpRequest) -> SecondFactor | None:
    factor: SecondFactor | None = SecondFactor.objects.filter(user=cast("Any", request.user)).first()
    return factor


@with_factor(confirmed=True)
def check(request: HttpRequest, factor: SecondFactor) -> HttpResponse:
    """Ask for the code after the password."""
    form = CodeForm(factor, request.POST or None)
    after = next_page(request)
    if form.is_valid():
        verify_session(request, form.factor)
        return HttpResponseRedirect(after)
    return page(request, "check", "Second factor", form=form, next=after)


def second_factor(request: HttpRequest) -> HttpResponse:
    """Tell whether there is a second factor, and begin to set one up."""
    factor = own_factor(request)
    if request.method == "POST" and settings.FIELD_KEYS and (factor is None or not factor.confirmed):
        begin(cast("Any", request.user))
        return redirect("second_factor_confirm")
    return state(request, CodeForm(factor) if factor is not None and factor.confirmed else None)


@with_factor(confirmed=False)
def confirm(request: HttpRequest, factor: SecondFactor) -> HttpResponse:
    """Show the secret until a code proves that the person has it, then the recovery codes, in this very answer."""
    form = CodeForm(factor, request.POST or None)
    if not form.is_valid():
        return page(request, "confirm", "Set up a second factor", form=form, qr=qr(factor), secret=factor.secret)
    form.factor.confirmed = True
    codes = form.factor.renew_recovery_codes()
    verify_session(request, form.factor)
    log(request, "Set up a second factor.")
    return page(request, "codes", "Second factor set up", codes=codes)


@require_POST
@with_factor(confirmed=True)
def renew(request: HttpRequest, factor: SecondFactor) -> HttpResponse:
    """Show new recovery codes, for a code."""
    form = CodeForm(factor, request.POST)
    if not form.is_valid():
        return state(request, form)
    codes = form.factor.renew_recovery_codes()
    log(request, "Made new recovery codes of the second factor.")
    return page(request, "codes", "New recovery codes", codes=codes)


@require_POST
@with_factor(confirmed=True)
def remove(request: HttpRequest, factor: SecondFactor) -> HttpResponse:
    """Give the second factor up, for a code."""
    form = CodeForm(factor, request.POST)
    if not form.is_valid():
        return state(request, form)
    form.factor.delete()
    log(request, "Removed the second factor.")
    messages.success(request, "Your second factor is removed: the password alone opens the admin now.")
    return redirect("second_factor")


def state(request: HttpRequest, form: CodeForm | None) -> HttpResponse:
    is_asked = must_have_second_factor(cast("Any", request.user))
    has_keys = bool(settings.FIELD_KEYS)
    return page(request, "state", "Second factor", form=form, is_asked=is_asked, has_keys=has_keys)


def verify_session(request: HttpRequest, factor: SecondFactor) -> None:
    """Let the session pass the gate; what knew its key from before that does not."""
    django_otp.login(request, factor)
    request.session.cycle_key()


def next_page(request: HttpRequest) -> str:
    """Return the page that was asked for, where it is one of ours."""
    url = request.POST.get("next") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if is_ours else reverse("admin:index")


def qr(factor: SecondFactor) -> SafeString:
    """Draw the QR code of the factor's secret as SVG."""
    drawn: str = segno.make(factor.address, micro=False).svg_inline(scale=5, light="white")
    return mark_safe(drawn)  # noqa: S308 (drawn by the library, of squares alone) # nosec B703


def page(request: HttpRequest, name: str, title: str, **context: Any) -> HttpResponse:
    known = {**admin.site.each_context(request), "title": title, **context}
    return TemplateResponse(request, f"edge/login/{name}.html", known)


def log(request: HttpRequest, message: str) -> None:
    audit.note(request, Action.CHANGED, [cast("Any", request.user)], message)
