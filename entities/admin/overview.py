"""The records on the first page of the admin."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse

from connector.edge.admin.index import Card, figure, register_card
from entities.schema import schemas


@register_card
def records(request: HttpRequest) -> Card | None:
    """Count the live records of every entity that the user may see."""
    figures = []
    for schema in schemas().values():
        opts = schema.model._meta
        if not admin.site.is_registered(schema.model):
            continue
        if request.user.has_perm(f"{opts.app_label}.view_{opts.model_name}"):
            url = f"{reverse(f'admin:{opts.app_label}_{opts.model_name}_changelist')}?is=live"
            figures.append(figure(str(opts.verbose_name_plural), schema.model.objects.filter(deleted_at=None), url))
    return Card("Live records", figures) if figures else None
