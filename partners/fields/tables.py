"""What the contract lets a body say, noun by noun."""

from __future__ import annotations

from partners.fields.field import Field, Group
from partners.fields.form import Form
from partners.fields.readers import country, decimal, flag, list_of, number_text, one_of, text, whole_number
from partners.models import (
    ContactType,
    Currency,
    NetTerms,
    OwnStatus,
    PartnerType,
    PaymentFrequency,
    PaymentMethod,
    Status,
    TimeUnit,
)
from partners.models.deal import PLACES

MOST_MANAGERS = 100
LINE = text(255)
DESCRIPTION = text(2000, may_be_blank=True)
READ_ONLY = frozenset({"id", "archived", "create_time", "update_time"})
OWN_STATUS = Field("status", one_of(OwnStatus), default=OwnStatus.ACTIVE.value)

PARTNER = Form(
    (
        Field("manager_ids", list_of(number_text, MOST_MANAGERS), required=True),
        Field("name", LINE, required=True),
        Field("description", DESCRIPTION),
        Field("type", list_of(one_of(PartnerType), len(PartnerType)), required=True, fixed=True),
        Field("status", one_of(Status), required=True),
        Group(
            "payment_terms",
            {
                "payment_frequency": one_of(PaymentFrequency),
                "payment_method": one_of(PaymentMethod),
                "net_terms": one_of(NetTerms),
                "currency_code": one_of(Currency),
            },
        ),
        Group(
            "billing_address",
            {"street": LINE, "city": LINE, "post_code": text(32), "country": country},
            aliases={"postal_code": "post_code"},
        ),
        Group(
            "contact",
            {
                "email": text(320, may_be_blank=True),
                "mobile": text(255, may_be_blank=True),
                "phone": text(255, may_be_blank=True),
                "sip": text(255, may_be_blank=True),
                "skype": text(255, may_be_blank=True),
                "website": text(2048, may_be_blank=True),
            },
            whole=False,
        ),
    ),
    READ_ONLY | {"company_id", "managers", "system"},
)

CONTACT = Form(
    (Field("type", one_of(ContactType), required=True), Field("value", text(2048), required=True)), READ_ONLY
)

DEAL = Form(
    (
        Field("partner_id", number_text, required=True, fixed=True),
        Field("name", text(100), required=True),
        Field("description", DESCRIPTION),
        Field("base_price", decimal("0.01", "10000", PLACES), required=True),
        Field("budget", decimal("0", "1000000", PLACES)),
        Field("clickthrough", flag, required=True),
        Field("type", LINE),
        Field("structure", LINE),
        Group("frequency_cap", {"max_value": whole_number(1, 1_000_000), "per_unit": one_of(TimeUnit)}),
        OWN_STATUS,
    ),
    READ_ONLY | {"effective_status"},
)

CAMPAIGN = Form(
    (
        Field("deal_id", number_text, required=True, fixed=True),
        Field("name", text(100), required=True),
        Field("description", DESCRIPTION),
        OWN_STATUS,
    ),
    READ_ONLY | {"effective_status"},
)
