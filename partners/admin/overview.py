"""The partners on the first page of the admin."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from connector.edge.admin.index import Card, figure, register_card
from partners.models import Partner, Status


@register_card
def partners(request: HttpRequest) -> Card | None:
    """Count partners by status, without the archived ones."""
    if not request.user.has_perm("partners.view_partner"):
        return None
    url = reverse("admin:partners_partner_changelist")
    living = Partner.objects.filter(archived=False)
    figures = [figure(status, living.filter(status=status), f"{url}?archived=no&status={status}") for status in Status]
    return Card("Partners", figures)
