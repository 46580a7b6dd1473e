"""A line of a partner's sales."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from entities.entity import Entity
from entities.fields import CompositeKey
from entities.validators import is_currency, not_in_the_future


class PartnerSale(Entity):
    key = CompositeKey("partner", "transaction_id")
    partner = models.CharField(max_length=64, help_text="The partner's id")
    transaction_id = models.CharField(max_length=128, help_text="The partner's id of the transaction's line")
    credential_principal = models.CharField(max_length=128, help_text="The partner's code of who sold")
    partner_sku_code = models.CharField(max_length=128, null=True, blank=True, help_text="The partner's sku")
    sku_code_key = models.CharField(max_length=64, null=True, blank=True, help_text="The kind of skuCode, such as EAN")
    sku_code = models.CharField(max_length=128, null=True, blank=True, help_text="The sku in that kind of code")
    quantity = models.DecimalField(max_digits=14, decimal_places=4, help_text="How many; negative is a return")
    amount = models.DecimalField(max_digits=16, decimal_places=4, help_text="The amount of the line")
    sale_date = models.DateField(validators=[not_in_the_future], help_text="The day of the sale")
    sales_origin = models.CharField(max_length=128, null=True, blank=True, help_text="Where the sale came from")
    currency = models.CharField(
        max_length=3, null=True, blank=True, validators=[is_currency], help_text="The currency, as in ISO 4217"
    )
    vendor_id = models.CharField(max_length=128, null=True, blank=True, help_text="Who sold")

    class Meta(Entity.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(partner_sku_code__isnull=False) | Q(sku_code_key__isnull=False, sku_code__isnull=False),
                name="partner_sale_has_a_sku",
                violation_error_code="required",
                violation_error_message="partnerSkuCode, or skuCodeKey with skuCode, is required.",
            )
        ]

    class Dsync:
        key = "key"
        naming = "camelCase"


for number in range(1, 11):
    PartnerSale.add_to_class(
        f"description{number}",
        models.CharField(max_length=255, null=True, blank=True, help_text=f"The partner's description {number}"),
    )
