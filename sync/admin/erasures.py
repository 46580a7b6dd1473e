"""Erasing a record for good: what was, what is yet to be, and the form that asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from connector.edge.admin import additions
from connector.edge.admin.pages import MachineWritten, ModelAdmin, Sections, by_number, column
from connector.edge.admin.text import moment, tag, text
from connector.edge.roles import Role
from entities.entity import Entity
from entities.schema import schema_of, schemas
from sync.models import Erasure
from sync.operating import erasures

if TYPE_CHECKING:
    from django.forms import ModelForm as BaseForm
    from django.forms import Select, TextInput

    ModelForm = BaseForm[Erasure]
else:
    from django.forms import ModelForm
    from unfold.widgets import UnfoldAdminSelectWidget as Select
    from unfold.widgets import UnfoldAdminTextInputWidget as TextInput

AGAIN = "Write the key again: what is erased cannot be had back, and a record that comes again is kept again."
KEY = "As Dsync names it; it stays known that this key was erased."


@column("state")
def state(erasure: Erasure) -> SafeString:
    if erasure.erased_at:
        return tag("erased", "green", "Nothing is kept of it but what is told here")
    return tag("waiting", "orange", "A worker tries every minute")


@column("what was erased")
def erased(erasure: Erasure) -> str:
    return (erasure.told or "nothing was kept of it") if erasure.erased_at else text(erasure.reason or None)


@column("asked for")
def asked(erasure: Erasure) -> str:
    return moment(erasure.asked_at)


@column("erased")
def done(erasure: Erasure) -> str:
    return moment(erasure.erased_at)


class ErasureForm(ModelForm):
    entity = forms.ChoiceField(choices=lambda: [(name, name) for name in schemas()], widget=Select)
    record_key = forms.CharField(max_length=255, label="Key", strip=False, widget=TextInput, help_text=KEY)
    again = forms.CharField(max_length=255, label="Key again", strip=False, widget=TextInput, help_text=AGAIN)

    class Meta:
        model = Erasure
        fields = ("entity", "record_key")

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = self.cleaned_data
        if "again" in given and "record_key" in given and given["again"] != given["record_key"]:
            self.add_error("again", ValidationError("It is not the same key."))
        if {"entity", "record_key"} <= given.keys() and erasures.key_of(
            schemas()[given["entity"]], given["record_key"]
        ) is None:
            self.add_error("record_key", ValidationError(f"No {given['entity']} can have this key."))
        return given


@admin.register(Erasure)
class ErasureAdmin(MachineWritten):
    operated_by = Role.ADMINISTRATOR  # It cannot be undone.
    form = ErasureForm
    list_display = ("id", "entity", "record_key", state, erased, "asked_by", asked, done)
    sections = ((None, ("entity", "record_key", state, erased, "asked_by", asked, done, "tries")),)
    asked_for: Sections = ((None, ("entity", "record_key", "again")),)
    search_help_text = "Number, or a record's key exactly"

    def has_add_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        return ModelAdmin.has_add_permission(self, request)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        if obj is None:
            return [(heading, {"fields": fields}) for heading, fields in self.asked_for]
        return super().get_fieldsets(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return super().get_readonly_fields(request, obj) if obj else []

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> Any:
        one = {"title": "Erase a record", "show_save_and_add_another": False, "show_save_and_continue": False}
        return super().add_view(request, form_url, {**one, **(extra_context or {})})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, _change: Any) -> None:
        given = form.cleaned_data
        asked = erasures.ask(schemas()[given["entity"]], given["record_key"], by=request.user.get_username())
        obj.pk, obj.record_key = asked.pk, asked.record_key

    def found_by(self, term: str) -> Q:
        return by_number(term) | Q(record_key=term)


class Erasable(additions.Addition):
    """The way from a record to the form."""

    def panel(self, request: HttpRequest, row: Any) -> str:
        if not request.user.has_perm("sync.add_erasure"):
            return ""
        model: Any = type(row)
        schema = schema_of(model)
        named = {"entity": schema.name, "record_key": schema.key.text(getattr(row, schema.declaration.key))}
        url = f"{reverse('admin:sync_erasure_add')}?{urlencode(named)}"
        return render_to_string("sync/erase_panel.html", {"url": url})


additions.add(Entity, Erasable())
