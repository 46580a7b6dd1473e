"""The product of the connector, with the same columns and the same unique key."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


def text():
    return models.CharField(max_length=255, null=True, blank=True)


def amount():
    return models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)


class Product(models.Model):
    sku = models.CharField(max_length=64, unique=True)
    type_id = text()
    name = text()
    description = models.TextField(null=True, blank=True)
    short_description = models.TextField(null=True, blank=True)
    meta_title = text()
    meta_description = models.TextField(null=True, blank=True)
    url_key = text()
    url_path = text()
    custom_design = text()
    page_layout = text()
    options_container = text()
    image_label = text()
    small_image_label = text()
    thumbnail_label = text()
    country_of_manufacture = text()
    msrp_enabled = text()
    msrp_display_actual_price_type = text()
    gift_message_available = text()
    gift_wrapping_available = text()
    color = text()
    status = text()
    visibility = text()
    price = amount()
    special_price = amount()
    special_price_from = models.DateTimeField(null=True, blank=True)
    special_price_to = models.DateTimeField(null=True, blank=True)
    weight = amount()
    inventory_qty = amount()
    inventory_min_qty = amount()
    categories = ArrayField(models.CharField(max_length=255), default=list, blank=True)
    attributes = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self):
        return self.sku
