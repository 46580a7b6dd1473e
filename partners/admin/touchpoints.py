from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import URLPattern, path

from connector.edge.admin.pages import MachineWritten, by_number, column
from connector.edge.admin.text import moment
from connector.edge.roles import Role
from connector.edge.secret_text import SecretText
from partners.admin.actor import actor_of
from partners.admin.joining_form import JoiningForm
from partners.models import Touchpoint
from partners.touchpoints import give_token


@column("created")
def created(row: Touchpoint) -> str:
    return moment(row.created_at)


@column("company")
def company(row: Touchpoint) -> str:
    return str(row.partner.company)


@admin.register(Touchpoint)
class TouchpointAdmin(MachineWritten):
    """Partners are let in here, and get new tokens; a token is shown once."""

    operated_by = Role.ADMINISTRATOR
    list_display = ("code", "partner", company, created)
    list_select_related = ("partner__company",)
    search_help_text = "Code, exactly, or the start of a partner's name"
    sections = ((None, ("code", "partner", company, created)),)

    def found_by(self, term: str) -> Q:
        return Q(code=term) | Q(partner__name__startswith=term) | by_number(term)

    def has_add_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        return bool(request.user.has_perm("partners.add_touchpoint"))

    def get_urls(self) -> list[URLPattern]:
        renew = self.admin_site.admin_view(self.renew)
        return [path("<int:pk>/token/", renew, name="partners_touchpoint_token"), *super().get_urls()]

    def add_view(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Let a partner in, and show its token in this very answer: nothing else carries it."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = JoiningForm(request.POST or None)
        joined = form.join(actor_of(request)) if form.is_valid() else None
        if joined is not None:
            self.log_addition(request, joined[0], "Let in.")
            return self.shown(request, *joined)
        return self.page(request, "partners/joining.html", "Let a partner in", form=form)

    def renew(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give a touchpoint a new token."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_operate_permission(request):
            raise PermissionDenied
        touchpoint = get_object_or_404(Touchpoint, pk=pk)
        given = give_token(touchpoint.partner, touchpoint.code)
        self.log_change(request, touchpoint, "Given a new token.")
        return self.shown(request, *given)

    def shown(self, request: HttpRequest, touchpoint: Touchpoint, text: str) -> HttpResponse:
        told = {"touchpoint": touchpoint, "text": SecretText(text)}
        return self.page(request, "partners/token.html", "Token of a touchpoint", **told)

    def panels(self, request: HttpRequest, row: Any) -> list[str]:
        may_renew = self.has_operate_permission(request)
        own = [render_to_string("partners/renew.html", {"touchpoint": row}, request)] if may_renew else []
        return [*own, *super().panels(request, row)]
