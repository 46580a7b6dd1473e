"""Addresses that are told what imports have brought."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest

from connector.edge.admin.pages import ModelAdmin, by_number
from datasources.models import Recipient

if TYPE_CHECKING:
    from django.forms import EmailInput
    from django.forms import ModelForm as BaseForm

    ModelForm = BaseForm[Recipient]
else:
    from django.forms import ModelForm
    from unfold.widgets import UnfoldAdminEmailInputWidget as EmailInput


class RecipientForm(ModelForm):
    email = forms.EmailField(max_length=254, widget=EmailInput)

    class Meta:
        model = Recipient
        fields = ("partner", "email", "active")


@admin.register(Recipient)
class RecipientAdmin(ModelAdmin):
    form = RecipientForm
    fields = ("partner", "email", "active")
    payload_fields = ("email",)
    list_display = ("email", "partner", "active")
    list_filter = ("active",)
    list_select_related = ("partner",)
    ordering = ("partner", "pk")
    search_fields = ("email",)
    search_help_text = "Start of an address, or a partner, exactly"

    def get_search_results(self, request: HttpRequest, queryset: Any, term: str) -> tuple[Any, bool]:
        term = term.strip()
        found = by_number(term) | Q(partner__name=term)
        if self.sees_all(request):
            found |= Q(email__istartswith=term)
        return (queryset.filter(found) if term else queryset), False
