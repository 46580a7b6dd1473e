from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower, Now

from partners.models.company import Company


class MemberStatus(models.TextChoices):
    ACTIVE = "active", "Active: works with the company"
    INACTIVE = "inactive", "Inactive: has left, and may still stand with partners"


class MemberQuerySet(models.QuerySet["Member"]):
    def of_company(self, company_id: int) -> MemberQuerySet:
        return self.filter(company_id=company_id)


class Member(models.Model):
    """A person of a company, who may manage partners; `manager_ids` name members."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="members")
    name = models.CharField(max_length=255)
    email = models.EmailField(blank=True)
    status = models.CharField(max_length=16, choices=MemberStatus, default=MemberStatus.ACTIVE)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = MemberQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(Lower("email"), name="member_of_email")]
        constraints = [
            models.CheckConstraint(condition=models.Q(status__in=MemberStatus.values), name="member_status_is_known")
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.pk})"
