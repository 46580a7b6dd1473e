"""A place where a partner sells or stores."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower

from entities.entity import Entity
from entities.fields import CompositeKey
from entities.models.address import add_address


class PhysicalLocation(Entity):
    key = CompositeKey("partner", "principal")
    partner = models.CharField(max_length=64, help_text="The partner's id")
    principal = models.CharField(max_length=128, help_text="The partner's code of the location")
    name = models.CharField(max_length=255, help_text="The location's name")
    fiscal_id = models.CharField(max_length=64, null=True, blank=True, help_text="The tax number")
    email = models.EmailField(null=True, blank=True, help_text="The e-mail address")
    active = models.BooleanField(null=True, blank=True, help_text="Whether the location is in use")
    salesroute = models.CharField(max_length=128, null=True, blank=True, help_text="The sales route")
    owner = models.CharField(max_length=128, null=True, blank=True, help_text="Who owns the location")

    class Meta(Entity.Meta):
        indexes = [*Entity.Meta.indexes, models.Index(Lower("email"), name="physical_location_of_email")]

    class Dsync:
        key = "key"
        naming = "camelCase"


add_address(PhysicalLocation)
