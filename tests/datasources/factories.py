"""Partners and their data sources, as tests need them."""

from __future__ import annotations

import hashlib
from typing import Any

from datasources.models import DataSource
from partners.models import Company, Partner, Touchpoint


def make_partner(name: str = "Partner", **overrides: Any) -> Partner:
    company, _ = Company.objects.get_or_create(name="default")
    return Partner.objects.create(
        company=company, name=name, **{"type": ["publisher"], "status": "active", **overrides}
    )


def make_touchpoint(partner: Partner, code: str = "test") -> Touchpoint:
    digest = hashlib.sha256(f"{partner.pk} {code}".encode()).digest()
    return Touchpoint.objects.get_or_create(partner=partner, code=code, defaults={"digest": digest})[0]


def make_source(partner: Partner | None = None, **overrides: Any) -> DataSource:
    partner = partner or Partner.objects.first() or make_partner()
    declared = {
        "touchpoint": make_touchpoint(partner),
        "data_source_type": "FTP",
        "host": "ftp.example.com",
        "user": "demo",
        "authentication_type": "PASSWORD",
        "password": "not-secret",
        "working_directory": "/sales",
        "processor_type": 25011,
    }
    return DataSource.objects.create(partner=partner, **{**declared, **overrides})
