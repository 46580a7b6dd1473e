from __future__ import annotations

from decimal import Decimal

from django.db import models

from partners.models.constraints import all_or_none, known
from partners.models.partner import Partner
from partners.models.status import OwnStatus, Status
from partners.models.times import Timed

DIGITS, PLACES = 13, 6


class TimeUnit(models.TextChoices):
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class DealQuerySet(models.QuerySet["Deal"]):
    def of_company(self, company_id: int) -> DealQuerySet:
        return self.filter(partner__company_id=company_id)


class Deal(Timed):
    """What a company has agreed on with a partner. `effective_status` is derived: see `partners.effective`."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, db_index=False, related_name="deals")
    name = models.CharField(max_length=100)
    description = models.CharField(max_length=2000, null=True, blank=True)
    base_price = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES)
    budget = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES, null=True, blank=True)
    clickthrough = models.BooleanField()
    type = models.CharField(max_length=255, null=True, blank=True)
    structure = models.CharField(max_length=255, null=True, blank=True)
    frequency_cap_max_value = models.PositiveIntegerField(null=True, blank=True)
    frequency_cap_per_unit = models.CharField(max_length=8, choices=TimeUnit, null=True, blank=True)
    status = models.CharField(max_length=16, choices=OwnStatus, default=OwnStatus.ACTIVE)
    effective_status = models.CharField(max_length=16, choices=Status, editable=False)
    archived = models.BooleanField(default=False)

    objects = DealQuerySet.as_manager()

    class Meta:
        constraints = [
            known("status", OwnStatus, name="deal_status_is_known"),
            known("effective_status", Status, name="deal_effective_status_is_known"),
            all_or_none("frequency_cap_max_value", "frequency_cap_per_unit", name="deal_frequency_cap_is_whole"),
            models.CheckConstraint(
                condition=models.Q(base_price__gte=Decimal("0.01"), base_price__lte=10_000), name="deal_base_price_fits"
            ),
            models.CheckConstraint(
                condition=models.Q(budget=None) | models.Q(budget__gte=0, budget__lte=1_000_000),
                name="deal_budget_fits",
            ),
        ]
        indexes = [models.Index(fields=["partner", "create_time", "id"], name="deal_in_listed_order")]

    def __str__(self) -> str:
        return self.name

    @property
    def owner_id(self) -> int:
        """The partner that it hangs on."""
        return self.partner_id
