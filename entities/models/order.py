"""What a customer ordered."""

from __future__ import annotations

from django.db import models

from entities.entity import Entity
from entities.fields import Group, ObjectListField, Reference
from entities.validators import is_currency


class Order(Entity):
    order_id = models.CharField(max_length=64, unique=True, help_text="The order id")
    customer_name = models.CharField(
        max_length=255, null=True, blank=True, help_text="The customer name for this order"
    )
    product_id = Reference("product", max_length=64, null=True, blank=True, help_text="The id of product")
    gift_message = Group(
        help_text="The gift message",
        gift_message_from=models.CharField(
            max_length=255, null=True, blank=True, help_text="The sender of the gift message"
        ),
        gift_message_to=models.CharField(
            max_length=255, null=True, blank=True, help_text="The receiver of the gift message"
        ),
        gift_message_body=models.TextField(null=True, blank=True, help_text="The body of the gift message"),
    )
    items = ObjectListField(
        help_text="The lines of the order",
        sku=Reference("product", max_length=64, help_text="The sku of the product"),
        name=models.CharField(max_length=255, null=True, help_text="The name of the product"),
        qty=models.DecimalField(max_digits=14, decimal_places=4, help_text="How many were ordered"),
        price=models.DecimalField(max_digits=14, decimal_places=4, null=True, help_text="The price of one"),
    )
    currency = models.CharField(
        max_length=3, null=True, blank=True, validators=[is_currency], help_text="The currency, as in ISO 4217"
    )
    total = models.DecimalField(
        max_digits=14, decimal_places=4, null=True, blank=True, help_text="The total of the order"
    )
    placed_at = models.DateTimeField(null=True, blank=True, help_text="When the order was placed")

    class Dsync:
        key = "order_id"
