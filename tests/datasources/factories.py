"""Data sources and what hangs on them, as tests need them."""

from __future__ import annotations

import hashlib
from typing import Any

from datasources.models import DataSource, Import, Recipient, Reject, Run
from partners.models import Login, Partner, Touchpoint
from tests.partners.factories import make_partner


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


def make_login(number: int) -> Login:
    return Login.objects.create(
        partner=make_partner(f"partner-{number}"), principal=f"principal-{number}", password="!"
    )


def make_run(number: int) -> Run:
    source = make_source(make_partner(f"partner-{number}"))
    return Run.objects.create(source=source, partner=source.partner, trigger="hand", state="done", due_at=None)


def make_import(number: int) -> Import:
    run = make_run(number)
    named = {"file_name": f"{number}.csv", "name": f"{number}.csv", "processor_type": 25011}
    return Import.objects.create(run=run, partner=run.partner, data_source=run.source, state=3, **named)


def make_reject(number: int) -> Reject:
    return Reject.objects.create(of_import=make_import(number), row=number + 1, code="required", reason="x")


def make_recipient(number: int) -> Recipient:
    return Recipient.objects.create(partner=make_partner(f"partner-{number}"), email=f"{number}@example.com")
