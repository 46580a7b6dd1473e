"""Which column of a product CSV fills which field, where the names differ."""

from __future__ import annotations

COLUMNS = {
    "product_type": "type_id",
    "product_online": "status",
    "qty": "inventory.qty",
    "out_of_stock_qty": "inventory.min_qty",
    "special_price_from_date": "special_price_from",
    "special_price_to_date": "special_price_to",
    "base_image_label": "image_label",
    "thumbnail_image_label": "thumbnail_label",
    "display_product_options_in": "options_container",
    "map_enabled": "msrp_enabled",
    "additional_attributes": "attributes",
}
"""Header to field; a child of an object is dotted. A header that is not here fills the field of its own name."""
