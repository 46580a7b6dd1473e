"""A person who works for a partner or buys from one."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower

from entities.entity import Entity
from entities.fields import CompositeKey
from entities.models.address import add_address


class Person(Entity):
    key = CompositeKey("partner", "principal")
    partner = models.CharField(max_length=64, help_text="The partner's id")
    principal = models.CharField(max_length=128, help_text="The partner's code of the person")
    firstname = models.CharField(max_length=255, help_text="The first name")
    lastname = models.CharField(max_length=255, help_text="The last name")
    email = models.EmailField(null=True, blank=True, help_text="The e-mail address")
    phone = models.CharField(max_length=64, null=True, blank=True, help_text="The telephone number")
    document = models.CharField(max_length=64, null=True, blank=True, help_text="The number of an identity document")
    birthdate = models.DateField(null=True, blank=True, help_text="The date of birth")
    gender = models.CharField(max_length=32, null=True, blank=True, help_text="The gender")

    class Meta(Entity.Meta):
        indexes = [*Entity.Meta.indexes, models.Index(Lower("email"), name="person_of_email")]
        verbose_name_plural = "people"

    class Dsync:
        key = "key"
        naming = "camelCase"


add_address(Person)
