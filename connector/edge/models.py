"""Who may call: clients and their tokens."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone


class Client(models.Model):
    """A caller as it is known to us; all tokens of one name belong to it, so that rotation changes nothing."""

    name = models.CharField(max_length=100, unique=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    def __str__(self) -> str:
        return self.name


class Scope(models.TextChoices):
    READ = "read", "Read: data layout, mass synchronisation, deliveries"
    WRITE = "write", "Write: everything that read may, and entities, notifications and jobs"


class TokenQuerySet(models.QuerySet["Token"]):
    def active(self) -> TokenQuerySet:
        return self.filter(revoked_at=None).exclude(expires_at__lte=timezone.now())


class Token(models.Model):
    """A secret that a client sends; only its SHA-256 is kept."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="tokens")
    prefix = models.CharField(max_length=32, unique=True, help_text="The readable start of the token.")
    digest = models.BinaryField(max_length=32)
    scope = models.CharField(max_length=16, choices=Scope, default=Scope.WRITE)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="To the minute.")

    objects = TokenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(scope__in=Scope.values), name="edge_token_scope_is_known")
        ]

    def __str__(self) -> str:
        return self.prefix

    def is_active(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)

    @property
    def state(self) -> str:
        if self.revoked_at:
            return "revoked"
        return "active" if self.is_active(timezone.now()) else "expired"

    def revoke(self) -> bool:
        """Revoke the token and tell whether it was not revoked before."""
        now = timezone.now()
        return Token.objects.filter(pk=self.pk, revoked_at=None).update(revoked_at=now) == 1
