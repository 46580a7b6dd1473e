"""Partners: what a create, a view and a change of one say."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.partners.hood import TIME, Hood, faults, message

pytestmark = pytest.mark.django_db

SAMPLE = {  # The published body, made an object.
    "manager_ids": ["1000220"],
    "name": "test ",
    "description": "test description",
    "status": "inactive",
    "payment_terms": {
        "payment_frequency": "quarterly",
        "payment_method": "card",
        "net_terms": "net90",
        "currency_code": "eur",
    },
    "billing_address": {"street": "dddddd", "city": "test test", "post_code": "56-a", "country": "RS"},
    "contact": {
        "email": "fIS0C1guzHZ6jxidFyOXbFh47nYMzS3ZhUCvKCpwvfuY3s1G9ofAD8sJyjzdWG9J024HroFNBRDg7LNmHiycjBgeUAJ8S13Crgs@fafa.com",
        "mobile": "+785596522",
        "phone": "+1235165336",
        "sip": "5259oskZYi9sw8",
        "skype": "dfa223ghjk",
        "website": "fsf.com",
    },
}


def test_create_answers_the_partner_itself(hood: Hood) -> None:
    created = hood.create("partner", name="A")
    assert created == hood.item(f"/partners/{created['id']}")
