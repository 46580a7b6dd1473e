"""The page on which a client's quota and networks are set, and what stands of them beside the client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse

from connector.edge.admin.pages import MachineWritten
from connector.edge.models import Client
from connector.edge.tokens import CACHE_SECONDS, forget_callers

if TYPE_CHECKING:
    from django.forms import ModelForm as BaseForm
    from django.forms import NumberInput, TextInput

    ModelForm = BaseForm[Client]
else:
    from django.forms import ModelForm
    from unfold.widgets import UnfoldAdminIntegerFieldWidget as NumberInput
    from unfold.widgets import UnfoldAdminTextInputWidget as TextInput


class LimitsForm(ModelForm):
    class Meta:
        model = Client
        fields = ("burst", "steady", "networks")
        widgets = {"burst": NumberInput, "steady": NumberInput, "networks": TextInput}


def panel(request: HttpRequest, client: Client, *, may_limit: bool) -> str:
    return render_to_string("edge/limits_panel.html", {"client": client, "may_limit": may_limit}, request)


def page(request: HttpRequest, model_admin: MachineWritten, pk: int) -> HttpResponse:
    """Ask for a client's limits, and set them."""
    client = get_object_or_404(Client, pk=pk)
    name = client.name
    form = LimitsForm(request.POST if request.method == "POST" else None, instance=client)
    if form.is_valid():
        return limited(request, model_admin, form)
    context: dict[str, Any] = {"form": form, "client": client, "seconds": CACHE_SECONDS}
    return model_admin.page(request, "edge/limits.html", f"Limits of {name}", **context)


@transaction.atomic
def limited(request: HttpRequest, model_admin: MachineWritten, form: LimitsForm) -> HttpResponse:
    client = form.save()
    model_admin.log_change(request, client, f"Limits changed: {', '.join(form.changed_data) or 'none'}.")
    transaction.on_commit(forget_callers)
    return HttpResponseRedirect(reverse("admin:edge_client_change", args=[client.pk]))
