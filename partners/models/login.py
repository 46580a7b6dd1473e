from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.db import models
from django.db.models.functions import Now
from django.utils.crypto import salted_hmac

from partners.models.constraints import known
from partners.models.partner import Partner


class Role(models.TextChoices):
    PARTNER = "partner", "Partner: manages its data sources, e-mails and imports"
    CONSUMER = "consumer", "Consumer: signs in, and may use no service of partners"


class Login(models.Model):
    """A party of a partner that signs in by its principal and a password, of which only the hash is kept."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="logins")
    principal = models.CharField(max_length=150, unique=True, help_text="The name it signs in by.")
    password = models.CharField(max_length=128, editable=False)
    role = models.CharField(max_length=16, choices=Role, default=Role.PARTNER)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [known("role", Role, name="login_role_is_known")]

    def __str__(self) -> str:
        return self.principal

    def set_password(self, text: str) -> None:
        self.password = make_password(text)

    @property
    def stamp(self) -> str:
        """What a session holds of the password, so that a change of it ends the session."""
        return salted_hmac("partners.login", self.password, algorithm="sha256").hexdigest()
