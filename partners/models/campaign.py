from __future__ import annotations

from django.db import models

from partners.models.constraints import known
from partners.models.deal import Deal
from partners.models.status import OwnStatus, Status
from partners.models.times import Timed


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def of_company(self, company_id: int) -> CampaignQuerySet:
        return self.filter(deal__partner__company_id=company_id)


class Campaign(Timed):
    """What runs under a deal. `effective_status` is derived: see `partners.effective`."""

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, db_index=False, related_name="campaigns")
    name = models.CharField(max_length=100)
    description = models.CharField(max_length=2000, null=True, blank=True)
    status = models.CharField(max_length=16, choices=OwnStatus, default=OwnStatus.ACTIVE)
    effective_status = models.CharField(max_length=16, choices=Status, editable=False)
    archived = models.BooleanField(default=False)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        constraints = [
            known("status", OwnStatus, name="campaign_status_is_known"),
            known("effective_status", Status, name="campaign_effective_status_is_known"),
        ]
        indexes = [models.Index(fields=["deal", "create_time", "id"], name="campaign_in_listed_order")]

    def __str__(self) -> str:
        return self.name

    @property
    def owner_id(self) -> int:
        """The partner that it hangs on."""
        return self.deal.partner_id
