"""No token, no payload and no exception message in any log line, whatever happens."""

from __future__ import annotations

import ast
import logging
from typing import Any

import pytest

from entities.tokens import entity_tokens
from sync.models import Delivery
from sync.serving.asked import note_unknown
from tests.conftest import Dsync

MARK = "mark-of-a-payload"
PROCESS = "a-process"  # The one text of a caller that is told: by it an operator finds what Dsync speaks of.


@pytest.fixture
def said(
    dsync: Dsync, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> str:
    """Return all that is logged while a good and a bad request go to each route, and one fails."""
    caplog.set_level(logging.INFO)
    note_unknown.cache_clear()
    send_everything(dsync)
    monkeypatch.setattr("sync.accepting.intake.store.create", fail)
    assert dsync.post("product", {"sku": "a", "name": MARK}).status_code == 500
    return caplog.text + "".join(capfd.readouterr())


def send_everything(dsync: Dsync) -> None:
    dsync.post("product", {"sku": MARK, "name": MARK}, Process_Id=PROCESS, Idempotency_Key=MARK)
    dsync.post("product", {"sku": MARK})
    dsync.post("product", f'{{"sku": "{MARK}", "price": "{MARK}"'.encode(), Entity_Token=MARK)
    dsync.put("product", MARK, {MARK: MARK, "name": [MARK]})
    dsync.delete("product", MARK, {"sku": MARK})
    dsync.post(MARK, {})
    dsync.send("GET", f"/api/sync/items?page={MARK}&token={MARK}", Entity_Token=entity_tokens()["product"])
    dsync.send("GET", "/datalayout", Auth_Token=MARK)
    dsync.send("POST", "/notification", {"process_id": PROCESS, "status": MARK, "message": MARK})
    dsync.send("POST", "/entity/product/set_job", {"job_id": [MARK]})
    dsync.send("GET", f"/process/{PROCESS}")
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


def finished(said: str) -> list[dict[str, Any]]:
    """Return the lines of requests, in their order."""
    lines = (line[line.index("{") :] for line in said.splitlines() if line.startswith("INFO") and "{" in line)
    return [each for each in map(ast.literal_eval, lines) if each["event"] == "request_finished"]


def test_line_of_a_write_names_its_process_and_its_delivery(said: str) -> None:
    created, repeated, *_ = finished(said)
    assert (created["process_id"], created["status"]) == (PROCESS, 201)
    assert created["delivery"] > 0
    assert repeated["delivery"] > created["delivery"]


def test_line_names_nothing_of_the_request_before_it(said: str) -> None:
    lines = finished(said)
    assert "process_id" not in lines[1]
    layout = next(each for each in lines if each["route"] == "datalayout" or "datalayout" in each["route"])
    assert "delivery" not in layout


def test_refused_write_names_its_delivery(dsync: Dsync, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    assert dsync.post("product", {"price": "none"}).status_code == 400
    assert finished(caplog.text)[-1]["delivery"] == Delivery.objects.get().pk
