"""One file for each entity, the tokens by which the layout names them, and what is left of removed records."""

from __future__ import annotations

from entities.models.company import Company
from entities.models.entity_token import EntityToken
from entities.models.order import Order
from entities.models.partner_sale import PartnerSale
from entities.models.partner_stock import PartnerStock
from entities.models.person import Person
from entities.models.physical_location import PhysicalLocation
from entities.models.product import Product
from entities.models.tombstone import Tombstone

__all__ = [
    "Company",
    "EntityToken",
    "Order",
    "PartnerSale",
    "PartnerStock",
    "Person",
    "PhysicalLocation",
    "Product",
    "Tombstone",
]
