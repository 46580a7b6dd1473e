"""Importing a file into an entity, from the list of its records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString

from connector.edge.admin import additions
from connector.edge.admin.additions import Link
from connector.edge.admin.text import table, text
from connector.edge.payloads import payload
from datasources.admin import columns
from datasources.importing.uploads import upload_ours
from datasources.models import Import
from entities.entity import Entity
from entities.schema import EntitySchema, schema_of, schemas
from sync.admin.local_changes import may_change
from sync.admin.operations import Operated

if TYPE_CHECKING:
    from django.forms import FileInput
else:
    from unfold.widgets import UnfoldAdminFileFieldWidget as FileInput


class FileForm(forms.Form):
    file = forms.FileField(widget=FileInput, help_text="CSV or an Excel workbook (xlsx), also in gzip or zip.")

    def clean_file(self) -> UploadedFile[Any]:
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > settings.CONNECTOR_UPLOAD_LIMIT:
            raise ValidationError(f"A file may have at most {settings.CONNECTOR_UPLOAD_LIMIT:,} bytes.")
        return file


class RecordImports(additions.Addition):
    def list_links(self, request: HttpRequest, model_admin: Any) -> Sequence[Link]:
        schema = schema_of(model_admin.model)
        if not (may_change(request, schema.model) and request.user.has_perm("datasources.change_import")):
            return ()
        return [("Import", reverse("admin:datasources_import_of_records", args=[schema.name]))]


additions.add(Entity, RecordImports())


def upload(request: HttpRequest, model_admin: Operated, entity: str) -> HttpResponse:
    """Ask for a file; on POST have it looked through and tried, which its page then tells."""
    schema = schemas().get(entity)
    if schema is None:
        raise Http404
    if not may_change(request, schema.model):
        raise PermissionDenied
    form = FileForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        return begin(request, model_admin, schema, form.cleaned_data["file"])
    opts = schema.model._meta
    back = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    context = {"form": form, "name": schema.name, "key": schema.key.field.name, "back": back}
    return model_admin.page(request, "datasources/import_records.html", f"Import {schema.name} records", **context)


@transaction.atomic
def begin(request: HttpRequest, model_admin: Operated, schema: EntitySchema, file: UploadedFile[Any]) -> HttpResponse:
    import_ = upload_ours(entity=schema.name, asked_by=request.user.get_username(), file=file)
    model_admin.log_addition(request, import_, f"Uploaded for {schema.name}.")
    model_admin.message_user(request, "It is tried first; nothing is imported before you say so.", messages.SUCCESS)
    return HttpResponseRedirect(columns.page(import_))


def preview_table(import_: Import) -> SafeString | str:
    """Return the first rows that a person's file would have refused."""
    if not import_.preview:
        return ""
    faults = import_.preview["faults"]
    rows = [
        (fault["row"], text(fault["column"]), payload(text(fault["value"])), payload(fault["reason"]))
        for fault in faults
    ]
    return table(("Row", "Column", "Value", "Reason"), rows)
