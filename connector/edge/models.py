"""Who may call: clients and their tokens."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from connector.edge.audit_entry import AuditEntry
from connector.edge.login.second_factor import SecondFactor
from connector.edge.networks import validate_networks

__all__ = ["Allowance", "AuditEntry", "Client", "Scope", "SecondFactor", "Token", "TokenQuerySet", "account_of"]


class Client(models.Model):
    """A caller as it is known to us; all tokens of one name belong to it, so that rotation changes nothing."""

    name = models.CharField(max_length=100, unique=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    burst = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Calls of Dsync's routes within a second; empty: any number.",
    )
    steady = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Calls of Dsync's routes within a minute; empty: any number.",
    )
    networks = models.CharField(
        max_length=1000,
        blank=True,
        default="",
        db_default="",
        validators=[validate_networks],
        help_text="From where its tokens are taken, separated by commas, such as 192.0.2.0/24; empty: from anywhere.",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(burst=None) | models.Q(burst__gte=1), name="edge_client_burst_allows_calls"
            ),
            models.CheckConstraint(
                condition=models.Q(steady=None) | models.Q(steady__gte=1), name="edge_client_steady_allows_calls"
            ),
        ]
        permissions = [("see_payloads", "Can see what clients, partners and files sent")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a quota that would hold nowhere: it counts calls of Dsync's routes, which no other contract's has."""
        if not (self.pk and (self.burst or self.steady)):
            return
        scopes = self.tokens.active().values_list("scope", flat=True).distinct()
        contracts = {Scope(scope).contract for scope in scopes}
        if contracts and DSYNC not in contracts:
            raise ValidationError(
                f"A quota holds on Dsync's routes alone, and {self.name} has tokens of none of them; how many calls "
                "a tenant may make is set under Allowances."
            )


DSYNC = "dsync"


class Scope(models.TextChoices):
    READ = "read", "Read: data layout, mass synchronisation, deliveries"
    WRITE = "write", "Write: everything that read may, and entities, notifications and jobs"
    HOOD = "hood", "Hood: the partner contract, with the data of one tenant"

    @property
    def contract(self) -> str:
        """The contract whose routes it opens; it opens no other's."""
        return "hood" if self == Scope.HOOD else DSYNC

    @property
    def header(self) -> str:
        """How a client sends a token of it."""
        return "Authorization: Bearer" if self == Scope.HOOD else "Auth-Token"

    @property
    def has_tenant(self) -> bool:
        return self == Scope.HOOD


def account_of(scope: str, tenant: str) -> str:
    """Return whose calls are counted together: those of all tokens of a tenant, so that rotation changes nothing."""
    return f"{scope}:{tenant}"


TENANTED = [scope.value for scope in Scope if scope.has_tenant]


class Allowance(models.Model):
    """How many calls a tenant may make, where an operator wants it other than the settings say."""

    scope = models.CharField(max_length=16)
    tenant = models.CharField(max_length=64)
    burst = models.PositiveIntegerField(validators=[MinValueValidator(1)], help_text="Calls within a second.")
    steady = models.PositiveIntegerField(validators=[MinValueValidator(1)], help_text="Calls within a minute.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scope", "tenant"], name="edge_allowance_is_of_one_account"),
            models.CheckConstraint(condition=models.Q(burst__gte=1, steady__gte=1), name="edge_allowance_allows_calls"),
        ]

    def __str__(self) -> str:
        return account_of(self.scope, self.tenant)


class TokenQuerySet(models.QuerySet["Token"]):
    def active(self) -> TokenQuerySet:
        return self.filter(revoked_at=None).exclude(expires_at__lte=timezone.now())


class Token(models.Model):
    """A secret that a client sends; only its SHA-256 is kept."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="tokens")
    prefix = models.CharField(max_length=32, unique=True, help_text="The readable start of the token.")
    digest = models.BinaryField(max_length=32)
    scope = models.CharField(max_length=16, choices=Scope, default=Scope.WRITE)
    tenant = models.CharField(
        max_length=64,
        blank=True,
        default="",
        db_default="",
        help_text="Whose data it opens, as the room that keeps the data calls it; empty: all.",
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="To the minute.")

    objects = TokenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(scope__in=Scope.values), name="edge_token_scope_is_known"),
            models.CheckConstraint(
                condition=models.Q(scope__in=TENANTED) ^ models.Q(tenant=""), name="edge_token_tenant_fits_scope"
            ),
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
