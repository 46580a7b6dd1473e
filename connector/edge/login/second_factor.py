"""`SecondFactor`: the application on a person's telephone that knows the code of this half minute."""

from __future__ import annotations

import base64
import hashlib
import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django_otp.models import Device, ThrottlingMixin, TimestampMixin
from django_otp.oath import TOTP

from connector.edge.encryption import EncryptedTextField
from connector.edge.secret_text import SecretText

if TYPE_CHECKING:
    from django.contrib.auth.models import User

ISSUER = "Connector"
SECRET_BYTES, RECOVERY_BYTES, RECOVERY_CODES = 20, 10, 10
DIGITS = 6
LATE_OR_EARLY = 1  # Steps of 30 seconds by which clocks may differ.


class SecondFactor(ThrottlingMixin, TimestampMixin, Device):  # type: ignore[misc]  # django-otp carries no types
    """A person's second factor; django-otp's own device would keep its secret, and its recovery codes, as plain text.

    It counts once it is `confirmed`, by a code that proves that the person has it.
    """

    name = None
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="second_factor")
    secret = EncryptedTextField()
    last_step = models.BigIntegerField(default=-1, help_text="Of the last code that was taken; none is taken twice.")
    recovery = ArrayField(models.CharField(max_length=64), default=list, help_text="SHA-256 of the unused codes.")

    def __str__(self) -> str:
        return f"Second factor of {self.user}"

    @property
    def address(self) -> SecretText:
        """What an authenticator reads from the QR code."""
        label = quote(f"{ISSUER}:{self.user.get_username()}")
        return SecretText(f"otpauth://totp/{label}?{urlencode({'secret': self.secret, 'issuer': ISSUER})}")

    def verify_token(self, token: str) -> bool:
        """Tell whether a code, or a recovery code, is right, and use it up; after a wrong one there is a wait."""
        if not self.verify_is_allowed()[0]:
            return False
        token = "".join(token.split()).replace("-", "").upper()
        is_right = self.take_code(token) or self.take_recovery_code(token)
        if is_right:
            self.throttle_reset(commit=False)
            self.set_last_used_timestamp(commit=False)
            self.save()
        else:
            self.throttle_increment()
        return is_right

    def take_code(self, token: str) -> bool:
        if not (token.isascii() and token.isdigit() and len(token) == DIGITS):
            return False
        totp = TOTP(base64.b32decode(self.secret), digits=DIGITS)
        totp.time = timezone.now().timestamp()
        is_right: bool = totp.verify(int(token), tolerance=LATE_OR_EARLY, min_t=self.last_step + 1)
        if is_right:
            self.last_step = totp.t()
        return is_right

    def take_recovery_code(self, token: str) -> bool:
        digest = hashlib.sha256(token.encode()).hexdigest()
        is_right: bool = digest in self.recovery
        if is_right:
            self.recovery.remove(digest)
        return is_right

    def renew_recovery_codes(self) -> list[SecretText]:
        """Return new recovery codes, of which only digests are kept; the old ones are void."""
        texts = [base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode() for _ in range(RECOVERY_CODES)]
        self.recovery = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
        self.save()
        return [SecretText("-".join(text[place : place + 4] for place in range(0, len(text), 4))) for text in texts]

    def get_throttle_factor(self) -> Any:
        """Return the seconds after the first wrong code; each further one doubles them."""
        return 1


def begin(user: User) -> None:
    """Make a new secret in the place of one that was not confirmed."""
    SecondFactor.objects.filter(user=user, confirmed=False).delete()
    secret = base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()
    SecondFactor.objects.create(user=user, confirmed=False, secret=secret)


def with_second_factors(users: QuerySet[User]) -> QuerySet[User]:
    """Return users who know whether they have a second factor that counts."""
    of_user = SecondFactor.objects.filter(user=OuterRef("pk"), confirmed=True)
    return users.annotate(has_second_factor=Exists(of_user))


def must_have_second_factor(user: User) -> bool:
    """Tell whether CONNECTOR_SECOND_FACTOR asks one of the person: by a group, or of everyone."""
    asked = settings.CONNECTOR_SECOND_FACTOR
    if not asked:
        return False
    return user.is_superuser or "everyone" in asked or user.groups.filter(name__in=asked).exists()


def take_away(user: User) -> bool:
    """Remove a person's second factor, and tell whether there was one; it need not be readable for that."""
    return bool(SecondFactor.objects.filter(user=user).delete()[0])
