"""Every alert rule wakes somebody when it should, and none while all is well, as Prometheus itself evaluates them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.deploy.manifests import DEPLOY

RULES = DEPLOY / "prometheus" / "alerts.yml"
HOURS = "x180"  # minutes
REQUESTS = 'connector_request_duration_seconds_count{route="^entity/",status="%s"}'
SLOW = 'connector_request_duration_seconds_bucket{route="^entity/product",le="%s"}'
LAG = 'connector_delivery_lag_seconds_bucket{entity="product",instance="%s",le="%s"}'
PUSHES = 'connector_pushes_total{entity="product",result="%s"}'
MAILS = 'connector_mails_total{about="runs",result="%s"}'
CONNECTIONS = 'connector_database_connections{instance="%s",process="connector-web",state="idle"}'
LIMIT, MEMORY = "connector_database_connections_limit", "connector_valkey_memory%s_bytes"

FIRES = {  # What is told, a minute after the other: `start+step`.
    "ConnectorAway": {'up{job="connector"}': "0+0"},
    "ConnectorFails": {REQUESTS % 503: "0+5", REQUESTS % 201: "0+100"},
    "ConnectorSlow": {SLOW % "1.0": "0+90", SLOW % "2.5": "0+100", SLOW % "+Inf": "0+100"},
    "ConnectorPartDegraded": {'connector_part_healthy{name="beat"}': "0+0"},
    "ConnectorBacklogOld": {"connector_oldest_ready_seconds": "0+60"},
    "ConnectorBacklogGrows": {"connector_backlog": "100000+10"},
    "ConnectorLags": {LAG % ("a", "60.0"): "0+90", LAG % ("a", "120.0"): "0+100", LAG % ("a", "+Inf"): "0+100"},
    "ConnectorDead": {'connector_unfinished_deliveries{state="dead"}': "1+0"},
    "ConnectorHeld": {'connector_unfinished_deliveries{state="held"}': "1+0"},
    "ConnectorRetries": {'connector_delivery_retries_total{entity="product"}': "0+90"},
    "ConnectorPushesFail": {PUSHES % "away": "0+6", PUSHES % "taken": "0+4"},
    "ConnectorHooksGivenUp": {'connector_hooks_waiting{state="given_up"}': "1+0"},
    "ConnectorMailsFail": {MAILS % "failed": "0+1"},
    "ConnectorWebhookFails": {'connector_alert_webhooks_total{result="failed"}': "0+1"},
    "ConnectorToldNobody": {MAILS % "given_up": "0+1"},
    "ConnectorSourcesFail": {'connector_sources{state="failing"}': "1+0"},
    "ConnectorRefusesCalls": {'connector_rate_refusals_total{scope="hood"}': "0+90"},
    "ConnectorDatabaseFull": {CONNECTIONS % "a": "90+0", CONNECTIONS % "b": "90+0", LIMIT: "100+0"},
    "ConnectorValkeyFull": {MEMORY % "": "90+0", MEMORY % "_limit": "100+0"},
    "ConnectorCountsOld": {"connector_counts_age_seconds": "0+60"},
    "ConnectorNotMeasured": {'connector_scrape_failed{part="database"}': "1+0"},
}
WELL = {
    'up{job="connector"}': "1+0",
    REQUESTS % 503: "0+1",
    REQUESTS % 201: "0+100",
    SLOW % "1.0": "0+100",
    SLOW % "+Inf": "0+100",
    'connector_part_healthy{name="beat"}': "1+0",
    "connector_oldest_ready_seconds": "0+0",
    "connector_backlog": "200000-10",
    LAG % ("a", "60.0"): "0+100",
    LAG % ("a", "+Inf"): "0+100",
    'connector_unfinished_deliveries{state="dead"}': "0+0",
    PUSHES % "taken": "0+100",
    MAILS % "failed": "0+1",
    MAILS % "sent": "0+1",
    CONNECTIONS % "a": "60+0",
    CONNECTIONS % "b": "60+0",
    LIMIT: "100+0",
    MEMORY % "": "90+0",
    MEMORY % "_limit": "0+0",  # None.
    "connector_counts_age_seconds": "5+0",
    'connector_scrape_failed{part="database"}': "0+0",
}


def case(told: dict[str, str], *fire: str) -> dict[str, object]:
    """Return a test of promtool's: with these series exactly these alerts fire in the end."""
    wanted = [{"labels": f'{{alertname="{name}"}}', "value": 1} for name in fire]
    asked = {"expr": 'count by (alertname) (ALERTS{alertstate="firing"})', "eval_time": "150m", "exp_samples": wanted}
    series = [{"series": name, "values": f"{values}{HOURS}"} for name, values in told.items()]
    return {"interval": "1m", "input_series": series, "promql_expr_test": [asked]}


def test_every_rule_is_tried() -> None:
    (group,) = yaml.safe_load(RULES.read_text())["groups"]
    assert [rule["alert"] for rule in group["rules"]] == list(FIRES)


def test_every_alert_fires_when_it_should_and_none_while_all_is_well(tmp_path: Path) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("not checked: no promtool here (Debian's package prometheus has it)")
    full = case({"connector_backlog": "1000001+0"}, "ConnectorBacklogGrows")
    cases = [case(WELL), full, *(case(told, name) for name, told in FIRES.items())]
    (tmp_path / "cases.yml").write_text(yaml.safe_dump({"rule_files": [str(RULES)], "tests": cases}))
    done = subprocess.run(
        [promtool, "test", "rules", "cases.yml"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
