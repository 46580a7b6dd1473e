"""Switches: how each entity takes writes, as its model declares or as an operator has decided, and if it is pushed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import SafeString

from connector.edge.admin.pages import ModelAdmin, column
from connector.edge.admin.text import NOTHING, moment, tag
from connector.edge.models import AuditEntry
from connector.edge.roles import Role
from entities.schema import schemas
from sync.delivery.modes import forget_switches
from sync.models import Switch
from sync.models.switch import SwitchedMode
from sync.push.tokens import missing_for

if TYPE_CHECKING:
    from django.forms import CheckboxInput, NumberInput, RadioSelect, Select
    from django.forms import ModelForm as BaseForm

    ModelForm = BaseForm[Switch]
else:
    from django.forms import ModelForm
    from unfold.widgets import UnfoldAdminIntegerFieldWidget as NumberInput
    from unfold.widgets import UnfoldAdminRadioSelectWidget as RadioSelect
    from unfold.widgets import UnfoldAdminSelectWidget as Select
    from unfold.widgets import UnfoldBooleanSwitchWidget as CheckboxInput

COLOURS = {SwitchedMode.INLINE: "green", SwitchedMode.DEFERRED: "blue", SwitchedMode.REFUSE: "red"}


def declared_mode(entity: str) -> SafeString:
    schema = schemas().get(entity)
    return mode_tag(schema.declaration.mode) if schema else NOTHING


def mode_tag(mode: str) -> SafeString:
    return tag(mode, COLOURS[SwitchedMode(mode)], SwitchedMode(mode).label)


def limited(own: int | None, of_all: int, none: str) -> SafeString:
    """Return a limit, told apart by whether it is the entity's own."""
    limit = of_all if own is None else own
    colour, title = ("", "As set for all") if own is None else ("blue", "Switched here")
    return tag(f"{limit:,}" if limit else none, colour, title)


@column("declared")
def declared(switch: Switch) -> SafeString:
    return declared_mode(switch.entity)


def unswitched() -> Iterator[tuple[str, str]]:
    """Yield the entities that nobody has switched, with how they are declared."""
    switched = set(Switch.objects.values_list("entity", flat=True))
    for name, schema in schemas().items():
        if name not in switched:
            yield name, f"{name} (declared {schema.declaration.mode})"


FIELDS = ("entity", "mode", "is_pushed", "delete_limit", "silent_hours")


class SwitchForm(ModelForm):
    entity = forms.ChoiceField(choices=unswitched, widget=Select)
    mode = forms.ChoiceField(
        choices=[("", "as declared"), *((mode.value, f"{mode.value}: {mode.label}") for mode in SwitchedMode)],
        required=False,
        widget=RadioSelect,
        help_text="Effective everywhere within 2 seconds. Delete the switch to go back to what is declared.",
    )
    is_pushed = forms.BooleanField(
        label="Push local changes to Dsync",
        required=False,
        widget=CheckboxInput,
        help_text="It needs both push tokens.",
    )

    delete_limit = forms.IntegerField(
        label="Deletes that pass",
        required=False,
        min_value=0,
        widget=NumberInput,
        help_text="Within the guard's window; what comes beyond is held. 0: any number. Empty: as set for all.",
    )
    silent_hours = forms.IntegerField(
        label="Silent after hours",
        required=False,
        min_value=0,
        widget=NumberInput,
        help_text="Without a delivery or a file. 0: never. Empty: as set for all.",
    )

    class Meta:
        model = Switch
        fields = FIELDS

    def clean_is_pushed(self) -> bool:
        is_pushed: bool = self.cleaned_data["is_pushed"]
        entity = self.cleaned_data.get("entity") or self.instance.entity
        if is_pushed and entity and (missing := missing_for(entity)):
            raise ValidationError(f"Set the {' and the '.join(missing)} first (Push tokens).")
        return is_pushed


@admin.register(Switch)
class SwitchAdmin(ModelAdmin):
    """One row for each entity that is switched; the list shows every entity, switched or not."""

    operated_by = Role.ADMINISTRATOR
    form = SwitchForm

    def get_fields(self, _request: HttpRequest, obj: Any = None) -> list[Any]:
        return ["entity", declared, *FIELDS[1:]] if obj else list(FIELDS)

    def get_readonly_fields(self, _request: HttpRequest, obj: Any = None) -> list[Any]:
        return ["entity", declared] if obj else []

    def changelist_view(self, request: HttpRequest, _extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {"opts": self.opts, "title": "Switches", "lines": list(self.lines(request))}
        context["minutes"] = settings.CONNECTOR_DELETE_MINUTES
        return TemplateResponse(request, "sync/switches.html", {**self.admin_site.each_context(request), **context})

    def lines(self, request: HttpRequest) -> Iterator[dict[str, Any]]:
        """Yield a line for each entity, and for each switch whose entity is gone."""
        switches = {switch.entity: switch for switch in Switch.objects.order_by("entity")}
        entries = latest_entries(list(switches.values()))
        for entity in [*schemas(), *(name for name in switches if name not in schemas())]:
            switch = switches.get(entity)
            entry = entries.get(str(switch.pk)) if switch else None
            yield {
                "entity": entity,
                "is_gone": entity not in schemas(),
                "declared": declared_mode(entity),
                "switched": mode_tag(switch.mode) if switch and switch.mode else NOTHING,
                "pushed": tag("pushed", "green") if switch and switch.is_pushed else NOTHING,
                "deletes": limited(
                    switch.delete_limit if switch else None, settings.CONNECTOR_DELETE_LIMIT, "any number"
                ),
                "silent": limited(switch.silent_hours if switch else None, settings.CONNECTOR_SILENT_HOURS, "never"),
                "when": moment(entry.made_at) if entry else NOTHING,
                "who": entry.who if entry else NOTHING,
                "url": self.url(request, entity, switch),
                "label": "Change" if switch else "Switch",
            }

    def url(self, request: HttpRequest, entity: str, switch: Switch | None) -> str:
        """Return where the user may switch an entity; empty where not."""
        if switch is None:
            may_add = self.has_add_permission(request)
            return f"{reverse('admin:sync_switch_add')}?entity={entity}" if may_add else ""
        may_change = self.has_change_permission(request)
        return reverse("admin:sync_switch_change", args=[switch.pk]) if may_change else ""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        super().save_model(request, obj, form, change)
        transaction.on_commit(forget_switches)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        transaction.on_commit(forget_switches)


def latest_entries(switches: list[Switch]) -> dict[str, AuditEntry]:
    """Return, by the number of the switch, what the audit log tells of its last change."""
    numbers = [str(switch.pk) for switch in switches]
    told = AuditEntry.objects.filter(subject=Switch._meta.label_lower, subject_number__in=numbers)
    newest = told.order_by("subject_number", "-pk").distinct("subject_number")
    return {entry.subject_number: entry for entry in newest}
