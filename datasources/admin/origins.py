"""Which import a record is from, beside the record, and which one a process is."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html

from connector.edge.admin import additions
from connector.edge.admin.text import moment
from datasources.admin.columns import file
from datasources.models import Portion
from entities.entity import Entity
from sync.admin.process import register_origin


class RecordOrigin(additions.Addition):
    def panel(self, request: HttpRequest, row: Any) -> str:
        """Tell of the import that wrote the record last; what it wrote through deliveries stands with those."""
        if row.last_delivery is None or not request.user.has_perm("datasources.view_import"):
            return ""
        portion = Portion.objects.select_related("of_import").filter(pk=row.last_delivery).first()
        if portion is None:
            return ""
        rows = f"{portion.first_row:,} to {portion.last_row:,}"
        told = "{}, rows {}, wrote the record last, on {}; rows of a file leave no delivery each."
        content = format_html(told, file(portion.of_import), rows, moment(row.updated_at))
        return render_to_string("edge/panel.html", {"title": "Import", "content": content})


additions.add(Entity, RecordOrigin())
register_origin("import", lambda number: reverse("admin:datasources_import_change", args=[number]))
