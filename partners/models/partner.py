from __future__ import annotations

from collections.abc import Sequence

from django.contrib.postgres.fields import ArrayField
from django.db import models

from partners.models.company import Company
from partners.models.constraints import all_or_none, known
from partners.models.member import Member
from partners.models.status import Status
from partners.models.times import Timed


class PartnerType(models.TextChoices):
    ADVERTISER = "advertiser", "Advertiser: buys"
    PUBLISHER = "publisher", "Publisher: sells"


class PaymentFrequency(models.TextChoices):
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    ANNUALLY = "annually"


class PaymentMethod(models.TextChoices):
    BANK_TRANSFER = "bank-transfer"
    CARD = "card"
    PAYPAL = "paypal"


class NetTerms(models.TextChoices):
    NET30 = "net30", "Paid within 30 days"
    NET45 = "net45", "Paid within 45 days"
    NET60 = "net60", "Paid within 60 days"
    NET90 = "net90", "Paid within 90 days"


class Currency(models.TextChoices):
    USD = "usd"
    EUR = "eur"


class PartnerQuerySet(models.QuerySet["Partner"]):
    def of_company(self, company_id: int) -> PartnerQuerySet:
        return self.filter(company_id=company_id)

    def locked(self) -> PartnerQuerySet:
        """Return partners whose rows are locked: each with its contacts, deals and campaigns, whose writers ask first.

        Without the key, so that new rows that point at a partner need not wait.
        """
        return self.select_for_update(of=("self",), no_key=True)


class Partner(Timed):
    """Whom a company does business with. Its row is the lock of all that hangs on it.

    A group of the contract (`payment_terms`) is columns that begin with its name.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, db_index=False, related_name="partners")
    managers = models.ManyToManyField(Member, through="Management", related_name="partners")
    name = models.CharField(max_length=255)
    description = models.TextField(null=True, blank=True)
    type = ArrayField(models.CharField(max_length=16, choices=PartnerType))
    status = models.CharField(max_length=16, choices=Status)
    archived = models.BooleanField(default=False)
    system = models.BooleanField(default=False, help_text="Came with the system instead of by a request.")

    payment_terms_payment_frequency = models.CharField(max_length=16, choices=PaymentFrequency, null=True, blank=True)
    payment_terms_payment_method = models.CharField(max_length=16, choices=PaymentMethod, null=True, blank=True)
    payment_terms_net_terms = models.CharField(max_length=16, choices=NetTerms, null=True, blank=True)
    payment_terms_currency_code = models.CharField(max_length=3, choices=Currency, null=True, blank=True)

    billing_address_street = models.CharField(max_length=255, null=True, blank=True)
    billing_address_city = models.CharField(max_length=255, null=True, blank=True)
    billing_address_post_code = models.CharField(max_length=32, null=True, blank=True)
    billing_address_country = models.CharField(max_length=2, null=True, blank=True, help_text="ISO 3166, as sent.")

    contact_email = models.CharField(max_length=320, null=True, blank=True)
    contact_mobile = models.CharField(max_length=255, null=True, blank=True)
    contact_phone = models.CharField(max_length=255, null=True, blank=True)
    contact_sip = models.CharField(max_length=255, null=True, blank=True)
    contact_skype = models.CharField(max_length=255, null=True, blank=True)
    contact_website = models.CharField(max_length=2048, null=True, blank=True)

    objects = PartnerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="partner_name_is_unique_in_its_company"),
            known("status", Status, name="partner_status_is_known"),
            models.CheckConstraint(
                condition=models.Q(type__len__gt=0, type__contained_by=PartnerType.values), name="partner_type_is_known"
            ),
            all_or_none(
                "payment_terms_payment_frequency",
                "payment_terms_payment_method",
                "payment_terms_net_terms",
                "payment_terms_currency_code",
                name="partner_payment_terms_are_whole",
            ),
            all_or_none(
                "billing_address_street",
                "billing_address_city",
                "billing_address_post_code",
                "billing_address_country",
                name="partner_billing_address_is_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "create_time", "id"], name="partner_in_listed_order"),
            models.Index(fields=["name"], opclasses=["text_pattern_ops"], name="partner_by_start_of_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def owner_id(self) -> int:
        """Itself, as whatever hangs on it tells it, too."""
        return self.pk

    @property
    def manager_ids(self) -> list[int]:
        """The numbers of its managers, in the order in which they were sent."""
        return [management.member_id for management in self.managements.all()]

    def set_managers(self, member_ids: Sequence[int]) -> None:
        self.managements.all().delete()
        Management.objects.bulk_create(Management(partner=self, member_id=number) for number in member_ids)


class Management(models.Model):
    """That a member manages a partner; the numbers keep the order in which the managers were sent."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, db_index=False, related_name="managements")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="managements")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["partner", "member"], name="member_manages_a_partner_once")]

    def __str__(self) -> str:
        return f"{self.member} manages {self.partner}"
