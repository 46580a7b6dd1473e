"""Touchpoints and their tokens, which are shown once."""

from __future__ import annotations

from connector.edge.tokens import random_text, secret_digest
from partners.models import Partner, Touchpoint

TOKEN_LENGTH = 44


def give_token(partner: Partner, code: str) -> tuple[Touchpoint, str]:
    """Return the touchpoint of a code, made when it is new, and a new token of it; an earlier one ends."""
    text = f"touchpoint_{random_text(TOKEN_LENGTH)}"
    touchpoint, _ = Touchpoint.objects.update_or_create(
        partner=partner, code=code, defaults={"digest": secret_digest(text)}
    )
    return touchpoint, text


def touchpoint_of(code: str, token: str) -> Touchpoint | None:
    """Return the touchpoint that a call names, None where its token is another's or nobody's."""
    if not code or not token or "\x00" in code:
        return None
    return Touchpoint.objects.filter(code=code, digest=secret_digest(token)).first()
