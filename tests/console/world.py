"""A connector in which every door has brought a payload with a mark, and in which every page has rows."""

from __future__ import annotations

from typing import Any

from django.test import Client

from connector.edge.models import Scope
from connector.edge.tokens import issue
from datasources.models import DataSource, Import, Recipient, Reject
from entities.models import Product
from partners.companies import obtain_company
from partners.models import Change, Deal, Member
from sync.models import Delivery, Push, PushPause, State
from tests.admin_addresses import models
from tests.conftest import Dsync
from tests.datasources.factories import make_import, make_source
from tests.partners.hood import Hood
from tests.sync.admin.test_pages import make

MARK = "mark-of-a-payload"
EMAIL = f"{MARK}@example.com"
SECRET = "never-to-be-seen"
DESCRIBED = {"name": MARK, "description": MARK, "categories": [MARK], "unheard_of": MARK}


def build(dsync: Dsync) -> None:
    """Have every model with a page have rows, and every door have brought the mark."""
    for model in models():
        make(model, 1)
    push(dsync)
    partner_contract()
    files()
    Push.objects.update(reason=MARK, entity="product", state="dead")
    PushPause.objects.create(entity="product", failures=1, until="2030-01-01T00:00:00Z", reason=MARK)


def push(dsync: Dsync) -> None:
    """Have records written, changed and refused, reports made, and a delivery of each kind that a person acts on."""
    process = {"Process_Id": "p-1"}
    dsync.post("product", {"sku": "K-9", **DESCRIBED}, **process)
    dsync.put("product", "K-9", {"name": f"{MARK} again"}, **process)
    dsync.post("product", {"sku": "K-8", "price": MARK}, **process)
    for key in ("K-7", "K-6", "K-5"):
        dsync.post("product", {"sku": key, **DESCRIBED}, Prefer="respond-async", **process)
    waiting = Delivery.objects.filter(record_key__in=["K-7", "K-6", "K-5"])
    waiting.update(state=State.DEAD, reason="LookupError", runnable_at=None, edited_body=f'"{MARK}"'.encode())
    nodes = [{"node_id": "1", "status": 500, "message": MARK}]
    report = {"process_id": "p-1", "status": 500, "message": MARK, "data": {"notifications": nodes}}
    assert dsync.send("POST", "//notification", report, **process).status_code == 200


def partner_contract() -> None:
    company, member = obtain_company("Acme")
    token = issue(client_name="program", scope=Scope.HOOD, tenant=str(company.pk))[1]
    hood = Hood(token, company, member, Client())
    contact = {"email": EMAIL, "website": f"https://example.com/{MARK}", "phone": MARK}
    partner = hood.create("partner", name="Partner-9", description=MARK, contact=contact)
    hood.create_contact(partner, value=EMAIL)
    deal = hood.create("deal", partner_id=partner["id"], description=MARK)
    hood.create("campaign", deal_id=deal["id"], description=MARK)
    hood.change(f"/deals/{deal['id']}", description=f"{MARK} again")
    Member.objects.filter(pk=member.pk).update(email=EMAIL)
    assert Change.objects.filter(after__description=f"{MARK} again").exists()
    assert Deal.objects.filter(description=f"{MARK} again").exists()


def files() -> None:
    """Have a file's rows refused, and a source with secrets that nobody may see."""
    import_ = make_import(9)
    Import.objects.filter(pk=import_.pk).update(reason=MARK, unknown_columns=[MARK])
    Reject.objects.create(of_import=import_, row=1, column="price", value=MARK, code="x", reason=f"{MARK} is none")
    Recipient.objects.create(partner=import_.partner, email=EMAIL)
    source: Any = make_source(import_.partner, password=SECRET, private_key_file=SECRET, passphrase=SECRET)
    assert DataSource.objects.filter(pk=source.pk).exists()
    assert Product.objects.filter(name__startswith=MARK).exists()
