"""What is sold."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from entities.entity import Entity
from entities.fields import Group, ObjectListField


def text(help_text: str) -> models.CharField[str | None, str | None]:
    return models.CharField(max_length=255, null=True, blank=True, help_text=help_text)


def amount(help_text: str) -> models.DecimalField[str | None, str | None]:
    return models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True, help_text=help_text)


class Product(Entity):
    sku = models.CharField(max_length=64, unique=True, help_text="The product sku")
    type_id = text("The product type, such as simple or configurable")
    name = text("The product name")
    description = models.TextField(null=True, blank=True, help_text="The product description")
    short_description = models.TextField(null=True, blank=True, help_text="The short description")
    meta_title = text("The title for search engines")
    meta_description = models.TextField(null=True, blank=True, help_text="The description for search engines")
    url_key = text("The last part of the product's address")
    url_path = text("The path of the product's address")
    custom_design = text("The theme that the product's page uses")
    page_layout = text("The layout of the product's page")
    options_container = text("Where the product's options are shown")
    image_label = text("The label of the base image")
    small_image_label = text("The label of the small image")
    thumbnail_label = text("The label of the thumbnail")
    country_of_manufacture = text("The country where the product is made")
    msrp_enabled = text("Whether the manufacturer's price applies")
    msrp_display_actual_price_type = text("When the actual price is shown")
    gift_message_available = text("Whether a gift message may be added")
    gift_wrapping_available = text("Whether gift wrapping may be ordered")
    color = text("The color")
    status = text("The status, such as Enabled or Disabled")
    visibility = text("Where the product is seen")
    price = amount("The price")
    special_price = amount("The price during a promotion")
    special_price_from = models.DateTimeField(null=True, blank=True, help_text="When the promotion starts")
    special_price_to = models.DateTimeField(null=True, blank=True, help_text="When the promotion ends")
    weight = amount("The weight")
    inventory = Group(
        help_text="The product inventory",
        qty=amount("The product inventory quantity"),
        min_qty=amount("The product inventory minimum quantity"),
    )
    categories = ArrayField(
        models.CharField(max_length=255), default=list, blank=True, help_text="The categories, as paths"
    )
    attributes = ObjectListField(
        help_text="Further attributes",
        name=models.CharField(max_length=255, help_text="The name of the attribute"),
        value=models.TextField(null=True, help_text="Its value"),
    )

    class Dsync:
        key = "sku"
