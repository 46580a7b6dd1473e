"""What a person does to a partner, a deal or a campaign, after a look at what it will touch.

Both go through the functions of the contract: the look does the real thing and undoes it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import URLPattern, reverse

from connector.edge.admin.pages import MachineWritten
from connector.edge.errors import BadRequest
from partners.admin.actor import actor_of
from partners.archiving import archive_campaign, archive_deal, archive_partner
from partners.audit import Actor
from partners.effective import Touched
from partners.fields.sent import Sent
from partners.models import Campaign, Deal, Partner
from partners.updating import update_campaign, update_deal, update_partner

if TYPE_CHECKING:
    from django.forms import RadioSelect
else:
    from unfold.widgets import UnfoldAdminRadioSelectWidget as RadioSelect

Row = Partner | Deal | Campaign
UPDATE = {Partner: update_partner, Deal: update_deal, Campaign: update_campaign}
ARCHIVE = {Partner: archive_partner, Deal: archive_deal, Campaign: archive_campaign}


class ArchiveForm(forms.Form):
    """Archiving asks for nothing but a yes."""

    says = "archive"

    def __init__(self, given: Any, row: Row) -> None:
        super().__init__(given or {})  # There is nothing to fill in: what it touches can be seen at once.
        self.act: Callable[..., Touched] = ARCHIVE[type(row)]


class StatusForm(forms.Form):
    status = forms.ChoiceField(widget=RadioSelect)

    def __init__(self, given: Any, row: Row) -> None:
        super().__init__(given, initial={"status": row.status})
        field: Any = self.fields["status"]
        field.choices = row._meta.get_field("status").choices
        self.update: Callable[..., Touched] = UPDATE[type(row)]

    @property
    def says(self) -> str:
        """What was seen in a look at it."""
        return str(self.cleaned_data["status"])

    def act(self, **named: Any) -> Touched:
        return self.update(sent=Sent({"status": self.says}), **named)


@dataclass(frozen=True)
class Operation:
    """What is done, by its name in the address, and how what it touches is told before and afterwards."""

    name: str
    title: str
    form: type[StatusForm | ArchiveForm]
    would: str
    did: str


OPERATIONS = (
    Operation(
        "status",
        "Change the status",
        StatusForm,
        "would get another effective status",
        "got another effective status",
    ),
    Operation("archive", "Archive", ArchiveForm, "would be archived with it", "were archived with it"),
)


class Operated(MachineWritten):
    """The admin of rows that programs write by the contract, and that a person may stop."""

    has_history = True

    def get_urls(self) -> list[URLPattern]:
        return [*(self.route_of(operation) for operation in OPERATIONS), *super().get_urls()]

    def route_of(self, operation: Operation) -> URLPattern:
        view = partial(operate, operation=operation)
        return self.route(f"<int:pk>/{operation.name}/", operation.name, view, self.has_operate_permission)

    def panels(self, request: HttpRequest, row: Any) -> list[str]:
        offered = self.has_operate_permission(request) and not row.archived
        own = [render_to_string("partners/operations.html", {"operations": OPERATIONS}, request)] if offered else []
        return [*own, *self.hanging(request, row), *super().panels(request, row)]

    def hanging(self, _request: HttpRequest, _row: Any) -> list[str]:
        """Return panels of what hangs on the row."""
        return []


@transaction.atomic
def operate(request: HttpRequest, model_admin: Operated, *, pk: int, operation: Operation) -> HttpResponse:
    """Ask what shall be done, show what it would touch, and do it when that was seen."""
    row = get_object_or_404(model_admin.model, pk=pk)
    form = operation.form(request.POST or None, row)
    # Nothing is done but what was looked at: the choice may have changed since.
    for_good = form.is_valid() and request.POST.get("do") == form.says
    touched = attempt(form, row, actor_of(request), for_good=for_good)
    back = reverse(f"admin:partners_{row._meta.model_name}_change", args=[pk])
    if touched is None or not for_good:
        seen = "" if touched is None else f"{counted(touched)} {operation.would}."
        context = {"form": form, "seen": seen, "operation": operation, "back": back}
        return model_admin.page(request, "partners/operation.html", f"{operation.title}: {row}", **context)
    model_admin.log_change(request, row, f"{operation.title}.")
    model_admin.message_user(request, f"{counted(touched)} {operation.did}.", messages.SUCCESS)
    return HttpResponseRedirect(back)


def attempt(form: Any, row: Row, actor: Actor, *, for_good: bool) -> Touched | None:
    """Do what a form says, or look what it would touch and undo it; what speaks against it is told in the form."""
    if not form.is_valid():
        return None
    company_id = Partner.objects.get(pk=row.owner_id).company_id
    try:
        with transaction.atomic():
            touched: Touched = form.act(company_id=company_id, number=str(row.pk), actor=actor)
            transaction.set_rollback(not for_good)
    except BadRequest as exc:
        form.add_error(None, [fault.message for fault in exc.faults] or exc.sentence)
        return None
    return touched


def counted(touched: Touched) -> str:
    parts = [
        f"{number:,} {noun if number == 1 else f'{noun}s'}"
        for noun, number in zip(("deal", "campaign"), touched, strict=True)
    ]
    return " and ".join(parts)
