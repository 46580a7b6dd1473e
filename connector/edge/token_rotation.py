"""Rotating a token: a second one beside it, and the old one's end, when the other side has the new one in use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from connector.edge.models import Scope, Token, TokenQuerySet
from connector.edge.tokens import issue


class NotActive(Exception):
    """The token has ended: there is nothing to take its place beside."""


@transaction.atomic
def rotate(token: Token, *, overlap: timedelta | None) -> tuple[Token, str]:
    """Issue a token that opens the same, and have the old one end after a while; None: when a person ends it.

    Raises:
        NotActive
    """
    old = Token.objects.select_for_update(of=("self",)).select_related("client").get(pk=token.pk)
    if not old.is_active(timezone.now()):
        raise NotActive
    issued = issue(client_name=old.client.name, scope=Scope(old.scope), tenant=old.tenant)
    if overlap is not None:
        end = timezone.now() + overlap
        old.expires_at = min(end, old.expires_at or end)
        old.save(update_fields=["expires_at"])
    return issued


def alike(token: Token) -> TokenQuerySet:
    """Return the active tokens that open the same for the same client, this one included; the newest first."""
    same = Token.objects.filter(client_id=token.client_id, scope=token.scope, tenant=token.tenant)
    return same.active().order_by("-pk")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a rotation is: the active tokens, the newest first, and a sentence on what to do next.

    `is_urgent` where the other side will soon be, or is, without a token that it has used.
    """

    tokens: list[Token]
    told: str
    is_urgent: bool = False


def standing(token: Token) -> Standing:
    """Tell which token the other side uses now, as far as the last uses tell, and what follows."""
    tokens = list(alike(token))
    if not tokens:
        return Standing(tokens, "None of this client's tokens of this kind is active.", is_urgent=True)
    newest, *older = tokens
    if not older:
        return Standing(tokens, f"It is the only one of its kind. {used(newest)}")
    in_use = [each for each in older if each.last_used_at]
    if newest.last_used_at is None:
        ending = any(each.expires_at for each in older)
        told = f"The other side has not used {newest.prefix} yet: give it to them before the old one ends."
        return Standing(tokens, told, is_urgent=ending)
    last = max((each.last_used_at for each in in_use if each.last_used_at), default=None)
    if last is not None and last >= newest.last_used_at:
        return Standing(tokens, f"Both are used: the old one was last used no earlier than {newest.prefix}.")
    return Standing(tokens, f"The other side uses {newest.prefix} now. The old one can be revoked.")


def used(token: Token) -> str:
    return "It was never used." if token.last_used_at is None else "The other side uses it."


def is_old(token: Token) -> bool:
    """Tell whether a token has been active for longer than one should be; 0 days: none ever."""
    days = settings.CONNECTOR_TOKEN_DAYS
    now = timezone.now()
    return bool(days) and token.is_active(now) and token.created_at < now - timedelta(days=days)
