"""Clients and their tokens."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from connector.edge.admin import client_limits, token_rotation
from connector.edge.admin.filters import values_filter
from connector.edge.admin.pages import MachineWritten, by_number, column
from connector.edge.admin.token_columns import (
    STATES,
    age,
    created,
    expires,
    last_used,
    revoked,
    scope,
    state,
    tenant,
    token_table,
)
from connector.edge.admin.token_form import IssueTokenForm
from connector.edge.models import Client, Scope, Token
from connector.edge.roles import Role
from connector.edge.secret_text import SecretText
from connector.edge.tenants import with_tenant_names

admin.site.index_title = "Overview"


class StateFilter(SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        return [(name, name) for name in STATES]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        now = timezone.now()
        conditions = {
            "active": Q(revoked_at=None) & (Q(expires_at=None) | Q(expires_at__gt=now)),
            "expired": Q(revoked_at=None, expires_at__lte=now),
            "revoked": Q(revoked_at__isnull=False),
        }
        return queryset.filter(conditions.get(self.value() or "", Q()))


@admin.register(Token)
class TokenAdmin(MachineWritten):
    """Tokens are issued and revoked here; nothing else of them can be changed, and their digest is not shown."""

    operated_by = Role.ADMINISTRATOR
    list_display = ("prefix", "client", scope, tenant, state, created, age, expires, last_used)
    list_filter = (StateFilter, values_filter("scope", lambda: Scope.values))
    list_select_related = ("client",)
    search_help_text = "Start of a prefix, or a client's name"
    sections = ((None, ("prefix", "client", "scope", tenant, state, created, expires, revoked, last_used)),)
    actions = ("revoke",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_tenant_names(super().get_queryset(request))

    def found_by(self, term: str) -> Q:
        return Q(prefix__startswith=term) | Q(client__name=term)

    def has_add_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        return request.user.has_perm("edge.add_token")

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("edge.change_token")

    def get_urls(self) -> list[URLPattern]:
        revoke_one = self.admin_site.admin_view(self.revoke_one)
        return [
            path("<int:pk>/revoke/", revoke_one, name="edge_token_revoke"),
            self.route("<int:pk>/rotate/", "rotate", token_rotation.page, self.has_rotate_permission),
            *super().get_urls(),
        ]

    def has_rotate_permission(self, request: HttpRequest) -> bool:
        """Tell whether the user may issue a token and end another: rotating one does both."""
        return self.has_add_permission(request) and self.has_revoke_permission(request)

    def add_view(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Issue a token and show its text in this very answer: no redirect, message, session or log carries it."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = IssueTokenForm(request.POST or None)
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": "Issue a token", "form": form}
        issued = form.issue() if form.is_valid() else None
        if issued is None:
            return TemplateResponse(request, "edge/token_form.html", context)
        token, text = issued
        self.log_addition(request, token, "Issued.")
        context |= {
            "title": "Token issued",
            "token": token,
            "text": SecretText(text),
            "header": Scope(token.scope).header,
        }
        return TemplateResponse(request, "edge/token_issued.html", context)

    @admin.action(description="Revoke the selected tokens", permissions=["revoke"])
    def revoke(self, request: HttpRequest, tokens: QuerySet[Token]) -> None:
        chosen = list(tokens)
        fresh = [token for token in chosen if token.revoke()]
        for token in fresh:
            self.log_change(request, token, "Revoked.")
        earlier = f"; {len(chosen) - len(fresh)} had been revoked before" if len(chosen) > len(fresh) else ""
        self.message_user(request, f"Tokens revoked: {len(fresh)}{earlier}.", messages.SUCCESS)

    def revoke_one(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_revoke_permission(request):
            raise PermissionDenied
        get_object_or_404(Token, pk=pk)
        self.revoke(request, Token.objects.filter(pk=pk))
        return HttpResponseRedirect(reverse("admin:edge_token_change", args=[pk]))

    def panels(self, request: HttpRequest, row: Any) -> list[str]:
        may_revoke = row.revoked_at is None and self.has_revoke_permission(request)
        own = [render_to_string("edge/revoke.html", {"token": row}, request)] if may_revoke else []
        rotation = token_rotation.panel(request, row, may_rotate=self.has_rotate_permission(request))
        return [rotation, *own, *super().panels(request, row)]


@column("active tokens")
def active_tokens(client: Any) -> int:
    return int(client.active)


@admin.register(Client)
class ClientAdmin(MachineWritten):
    """Clients come into being with their first token; what they may is decided here."""

    operated_by = Role.ADMINISTRATOR
    other_permissions = {"see_payloads": Role.OPERATOR}
    list_display = ("name", active_tokens, created)
    sections = ((None, ("name", created)),)
    search_help_text = "Start of a name"

    def found_by(self, term: str) -> Q:
        return Q(name__startswith=term) | by_number(term)

    def list_rows(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        now = timezone.now()
        active = Q(tokens__revoked_at=None) & (Q(tokens__expires_at=None) | Q(tokens__expires_at__gt=now))
        counted: QuerySet[Any] = rows.annotate(active=Count("tokens", filter=Q(tokens__isnull=False) & active))
        return counted

    def get_urls(self) -> list[URLPattern]:
        limits = self.route("<int:pk>/limits/", "limits", client_limits.page, self.has_operate_permission)
        return [limits, *super().get_urls()]

    def panels(self, request: HttpRequest, row: Any) -> list[str]:
        limits = client_limits.panel(request, row, may_limit=self.has_operate_permission(request))
        return [*self.token_panels(request, row), limits, *super().panels(request, row)]

    def token_panels(self, request: HttpRequest, row: Any) -> list[str]:
        if not request.user.has_perm("edge.view_token"):
            return []
        columns = {"Scope": scope, "Tenant": tenant, "State": state, "Last used": last_used, "": age}
        tokens = with_tenant_names(row.tokens.order_by("-pk"))[:20]
        context = {"title": "Tokens", "content": token_table(tokens, columns)}
        return [render_to_string("edge/panel.html", context)]
