"""What a partner has in stock of one sku on one day."""

from __future__ import annotations

from django.db import models

from entities.entity import Entity
from entities.fields import CompositeKey


class PartnerStock(Entity):
    key = CompositeKey("partner", ("partner_sku_code", ("sku_code_key", "sku_code")), "stock_date")
    partner = models.CharField(max_length=64, help_text="The partner's id")
    partner_sku_code = models.CharField(max_length=128, null=True, blank=True, help_text="The partner's sku")
    sku_code_key = models.CharField(max_length=64, null=True, blank=True, help_text="The kind of skuCode, such as EAN")
    sku_code = models.CharField(max_length=128, null=True, blank=True, help_text="The sku in that kind of code")
    stock_date = models.DateField(help_text="The day of the count")
    quantity = models.DecimalField(max_digits=14, decimal_places=4, help_text="How many are in stock")
    amount = models.DecimalField(max_digits=16, decimal_places=4, null=True, blank=True, help_text="Their value")
    expiration_date = models.DateField(null=True, blank=True, help_text="When they expire")
    description = models.CharField(max_length=255, null=True, blank=True, help_text="The partner's description")

    class Meta(Entity.Meta):
        verbose_name_plural = "partner stock"

    class Dsync:
        key = "key"
        naming = "camelCase"


for number in range(2, 41):
    PartnerStock.add_to_class(
        f"description{number}",
        models.CharField(max_length=255, null=True, blank=True, help_text=f"The partner's description {number}"),
    )
