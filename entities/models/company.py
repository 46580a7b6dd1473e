"""A company that a partner deals with."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower

from entities.entity import Entity
from entities.fields import CompositeKey
from entities.models.address import add_address


class Company(Entity):
    key = CompositeKey("partner", "principal")
    partner = models.CharField(max_length=64, help_text="The partner's id")
    principal = models.CharField(max_length=128, help_text="The partner's code of the company")
    name = models.CharField(max_length=255, help_text="The company's name")
    fiscal_id = models.CharField(max_length=64, null=True, blank=True, help_text="The tax number")
    system_id = models.CharField(max_length=64, null=True, blank=True, help_text="The id in the partner's system")
    email = models.EmailField(null=True, blank=True, help_text="The e-mail address")
    phone = models.CharField(max_length=64, null=True, blank=True, help_text="The telephone number")

    class Meta(Entity.Meta):
        indexes = [*Entity.Meta.indexes, models.Index(Lower("email"), name="company_of_email")]
        verbose_name_plural = "companies"

    class Dsync:
        key = "key"
        naming = "camelCase"


add_address(Company)
