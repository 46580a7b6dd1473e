from __future__ import annotations

import pytest

from sync import runner
from sync.models import Delivery
from tests.conftest import Dsync, example

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "autonomous"])


@pytest.fixture
def deferred(dsync: Dsync, monkeypatch: pytest.MonkeyPatch) -> Dsync:
    monkeypatch.setattr("sync.wake.send", lambda: True)
    return dsync


def test_run(deferred: Dsync) -> None:
    d = deferred
    a = d.post("product", example("create.request"), Prefer="respond-async", Process_Id="1")
    print(a.content, a.headers)
    print(d.post("product", example("create.request"), Prefer="respond-async", Process_Id="1").content)
    print(d.put("product", "hde012", example("update.request")).content)
    print(d.post("product", example("create.request")).content)
    print(d.put("product", "x", {"price": 1}, Prefer="respond-async").content)
    print(d.send("GET", "/process/1").content)
    assert runner.run(10)
    for x in Delivery.objects.order_by("pk"):
        print(x.pk, x.state, x.outcome, x.errors, x.previous)
    print(d.items("product").content)
    print(d.put("product", "hde012", {"price": 5, "inventory": {"qty": "3.10"}}).content)
    print(d.delete("product", "hde012", Prefer="respond-async").content)
    print(d.post("product", {"sku": "hde012"}, Prefer="respond-async").content)
    print(d.put("product", "hde012", {"price": 7, "special_price_from": "2026-01-01", "attributes": [{"name": "a", "value": "b"}]}, Prefer="respond-async").content)
    assert runner.run(10)
    for x in Delivery.objects.order_by("pk"):
        print(x.pk, x.state, x.outcome, x.errors, x.previous)
    print(d.items("product").content)
    assert 0
