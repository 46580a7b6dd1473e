"""Rules of values that several entities share."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone
from iso4217 import Currency


def not_in_the_future(value: date) -> None:
    if value > timezone.now().date():
        raise ValidationError("must not lie in the future", code="in_the_future")


CURRENCIES = frozenset(currency.code for currency in Currency)


def is_currency(value: str) -> None:
    if value not in CURRENCIES:
        raise ValidationError("must be a currency code of ISO 4217, such as EUR", code="invalid_currency")
