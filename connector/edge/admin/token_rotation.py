"""The page on which a token is rotated, and what stands of it beside a token and a client."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse

from connector.edge.admin.pages import MachineWritten
from connector.edge.admin.token_columns import age, created, expires, last_used, token_table
from connector.edge.models import Scope, Token
from connector.edge.secret_text import SecretText
from connector.edge.token_rotation import NotActive, is_old, rotate, standing

if TYPE_CHECKING:
    from django.forms import RadioSelect
else:
    from unfold.widgets import UnfoldAdminRadioSelectWidget as RadioSelect

OVERLAPS = {
    "1": "in a day",
    "7": "in 7 days",
    "30": "in 30 days",
    "": "when somebody revokes it",
}


ISSUED = "A token of this client was issued since this page was opened: look whether it is the one you want."


class RotationForm(forms.Form):
    """How long the old token lives on beside the new one."""

    overlap = forms.ChoiceField(
        label="The old one ends", choices=list(OVERLAPS.items()), initial="7", required=False, widget=RadioSelect
    )

    newest = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, given: Any, token: Token) -> None:
        newest = Token.objects.filter(client=token.client_id).order_by("pk").values_list("pk", flat=True).last()
        super().__init__(given, initial={"newest": newest})

    def clean_newest(self) -> int | None:
        """Refuse a form that was sent before: to load its answer again shall not issue another token."""
        newest: int | None = self.cleaned_data["newest"]
        if newest is not None and newest != self.initial["newest"]:
            raise ValidationError(ISSUED)
        return newest

    @property
    def chosen(self) -> timedelta | None:
        days = self.cleaned_data["overlap"]
        return timedelta(days=int(days)) if days else None


def panel(request: HttpRequest, token: Token, *, may_rotate: bool) -> str:
    found = standing(token)
    context = {
        "token": token,
        "standing": found,
        "tokens": token_table(found.tokens, {"Issued": created, "Last used": last_used, "Ends": expires, "": age}),
        "may_rotate": may_rotate and token.state == "active",
        "old_days": settings.CONNECTOR_TOKEN_DAYS if is_old(token) else 0,
    }
    return render_to_string("edge/rotation.html", context, request)


def page(request: HttpRequest, model_admin: MachineWritten, pk: int) -> HttpResponse:
    """Ask how long the old token lives on; on POST show the new one in this very answer, and nowhere else."""
    token = get_object_or_404(Token.objects.select_related("client"), pk=pk)
    form = RotationForm(request.POST if request.method == "POST" else None, token)
    if form.is_valid():
        return rotated(request, model_admin, token, form.chosen)
    context = {"form": form, "token": token, "standing": standing(token)}
    return model_admin.page(request, "edge/rotate.html", f"Rotate {token.prefix}", **context)


def rotated(request: HttpRequest, model_admin: MachineWritten, token: Token, overlap: timedelta | None) -> HttpResponse:
    try:
        issued, text = rotate(token, overlap=overlap)
    except NotActive:
        model_admin.message_user(request, "Nothing was done: the token has ended.", messages.WARNING)
        return HttpResponseRedirect(reverse("admin:edge_token_change", args=[token.pk]))
    model_admin.log_addition(request, issued, f"Issued in the place of {token.prefix}.")
    model_admin.log_change(request, token, f"Rotated; it ends {OVERLAPS[str(overlap.days) if overlap else '']}.")
    context = {"token": issued, "text": SecretText(text), "header": Scope(issued.scope).header}
    return model_admin.page(request, "edge/token_issued.html", "Token issued", **context)
