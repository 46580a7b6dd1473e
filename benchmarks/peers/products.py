"""The product as a pydantic model, with the limits of the columns."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, Field

Text = Annotated[str, Field(max_length=255)] | None
Amount = Annotated[Decimal, Field(max_digits=14, decimal_places=4)] | None


class Product(BaseModel):
    sku: Annotated[str, Field(max_length=64)]
    type_id: Text = None
    name: Text = None
    description: str | None = None
    short_description: str | None = None
    meta_title: Text = None
    meta_description: str | None = None
    url_key: Text = None
    url_path: Text = None
    custom_design: Text = None
    page_layout: Text = None
    options_container: Text = None
    image_label: Text = None
    small_image_label: Text = None
    thumbnail_label: Text = None
    country_of_manufacture: Text = None
    msrp_enabled: Text = None
    msrp_display_actual_price_type: Text = None
    gift_message_available: Text = None
    gift_wrapping_available: Text = None
    color: Text = None
    status: Text = None
    visibility: Text = None
    price: Amount = None
    special_price: Amount = None
    special_price_from: datetime | None = None
    special_price_to: datetime | None = None
    weight: Amount = None
    inventory_qty: Amount = None
    inventory_min_qty: Amount = None
    categories: list[Annotated[str, Field(max_length=255)]] = []
    attributes: list[dict] = []
