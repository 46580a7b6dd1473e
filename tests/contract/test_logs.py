"""No token, no payload and no exception message in any log line, whatever happens."""

from __future__ import annotations

import logging

import pytest

from entities.tokens import entity_tokens
from sync.asked import note_unknown
from tests.conftest import Dsync

MARK = "mark-of-a-payload"


@pytest.fixture
def said(
    dsync: Dsync, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> str:
    """Return all that is logged while a good and a bad request go to each route, and one fails."""
    caplog.set_level(logging.INFO)
    note_unknown.cache_clear()
    send_everything(dsync)
    monkeypatch.setattr("sync.intake.store.create", fail)
    assert dsync.post("product", {"sku": "a", "name": MARK}).status_code == 500
    return caplog.text + "".join(capfd.readouterr())


def send_everything(dsync: Dsync) -> None:
    dsync.post("product", {"sku": MARK, "name": MARK}, Process_Id=MARK, Idempotency_Key=MARK)
    dsync.post("product", {"sku": MARK})
    dsync.post("product", f'{{"sku": "{MARK}", "price": "{MARK}"'.encode(), Entity_Token=MARK)
    dsync.put("product", MARK, {MARK: MARK, "name": [MARK]})
    dsync.delete("product", MARK, {"sku": MARK})
    dsync.post(MARK, {})
    dsync.send("GET", f"/api/sync/items?page={MARK}&token={MARK}", Entity_Token=entity_tokens()["product"])
    dsync.send("GET", "/datalayout", Auth_Token=MARK)
    dsync.send("POST", "/notification", {"process_id": MARK, "status": MARK, "message": MARK})
    dsync.send("POST", "/entity/product/set_job", {"job_id": [MARK]})
    dsync.send("GET", f"/process/{MARK}")
    dsync.send("GET", f"/{MARK}?{MARK}={MARK}", Host=MARK)
    dsync.send("POST", "/notification", MARK.encode(), Content_Type=f"text/{MARK}")
    sale = {"partner": MARK, "transactionId": "1", "credentialPrincipal": "c", "quantity": 1, "amount": 5}
    dsync.post("partner_sale", {**sale, "saleDate": "2026-01-01"})


def fail(*_args: object) -> None:
    raise RuntimeError(MARK)


def test_logs_tell_of_every_request(said: str) -> None:
    assert said.count("request_finished") >= 15
    assert "request_failed" in said


def test_logs_tell_no_payload_and_no_exception_message(said: str) -> None:
    assert MARK not in said


def test_logs_tell_no_token(said: str, dsync: Dsync) -> None:
    secrets = [dsync.token, dsync.token.rpartition("_")[2], *entity_tokens().values()]
    assert [secret for secret in secrets if secret in said] == []
