from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from connector.edge.admin.pages import ModelAdmin, column
from connector.edge.admin.text import moment
from partners.admin.columns import member_status
from partners.models import Company, Member


@column("created")
def created(row: Company | Member) -> str:
    return moment(row.created_at)


class Kept(ModelAdmin):
    """The admin of rows that people write, and that stay: others point at them."""

    list_per_page = 50
    list_filter_sheet = False

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False


@admin.register(Company)
class CompanyAdmin(Kept):
    list_display = ("name", "id", created)
    search_help_text = "Start of a name, or a number"
    search_fields = ("name__istartswith", "=id")
    ordering = ("name",)
    fields = ("name",)


@admin.register(Member)
class MemberAdmin(Kept):
    """Members; whom partners name as a manager stays in its company."""

    payload_fields = ("email",)
    list_display = ("name", "id", "company", "email", member_status, created)
    list_filter = ("status",)
    list_select_related = ("company",)
    search_help_text = "Start of a name or of an e-mail, or a number"
    search_fields = ("name__istartswith", "email__istartswith", "=id")
    autocomplete_fields = ("company",)
    ordering = ("-pk",)
    fields = ("company", "name", "email", "status")

    def get_readonly_fields(self, request: HttpRequest, row: Any = None) -> list[Any]:
        return [*(["company"] if row else []), *super().get_readonly_fields(request, row)]
