from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models.functions import Lower

from partners.models.constraints import known
from partners.models.partner import Partner
from partners.models.times import Timed


class ContactType(models.TextChoices):
    EMAIL = "email"
    MOBILE = "mobile"
    PHONE = "phone"
    SIP = "sip"
    SKYPE = "skype"
    WEBSITE = "website"


class Contact(Timed):
    """A further way to reach a partner; apart from the partner's own `contact`, neither mirrors the other."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, db_index=False, related_name="contacts")
    type = models.CharField(max_length=16, choices=ContactType)
    value = models.CharField(max_length=2048)

    class Meta:
        constraints = [known("type", ContactType, name="contact_type_is_known")]
        indexes = [
            models.Index(fields=["partner", "create_time", "id"], name="contact_in_listed_order"),
            models.Index(Lower("value"), condition=models.Q(type="email"), name="contact_of_email"),
        ]

    def __str__(self) -> str:
        return f"{self.type}: {self.value}"

    @property
    def owner_id(self) -> int:
        """The partner that it hangs on."""
        return self.partner_id
