"""The previous release's own code, out of the history, at work on the schema of this one."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.local_stack import CHECKOUT
from tests.databases import url_of
from tests.releases.filling import FILE, ROWS
from tests.releases.released import Released
from tests.sync.writes import DATABASE

pytestmark = DATABASE
COMMIT = Released.read().commit
AT_WORK = """
import json, sys, django
django.setup()
from django.test import Client
from connector.edge.tokens import issue
from datasources import spool
from datasources.importing import work
from datasources.models import Import
from entities.tokens import entity_tokens
from sync import tasks
from sync.models import Delivery
token, import_, told = issue(client_name="dsync")[1], Import.objects.get(), {}
def send(method, path, body=None, **headers):
    named = {"Auth-Token": token, "Entity-Token": entity_tokens()["product"], **headers}
    content = {"content_type": "application/json"} | ({"data": json.dumps(body)} if body else {})
    return Client().generic(method, path, headers=named, **content)
told["ready"] = send("GET", "/health/ready").status_code
told["created"] = send("POST", "/entity/product", {"sku": "old"}).status_code
told["updated"] = send("PUT", "/entity/product", {"price": 1}, **{"Entity-Id": "old"}).status_code
told["accepted"] = send("PUT", "/entity/product", {"price": 2}, **{"Entity-Id": "old", "Prefer": "respond-async"}).status_code
told["ran"] = tasks.runner.run(20)
told["waiting"] = Delivery.objects.filter(state="accepted").exclude(process_id="behind").exclude(record_key="retrying-1").count()
items = send("GET", "/api/sync/items/?per_page=1000").json()["data"]["items"]
told["prices"] = {item["sku"]: item["price"] for item in items if item["sku"] in ("old", "waiting-1")}
spool.path_of(import_.pk).write_text(sys.stdin.read())
while not work.go_on(import_.pk):
    pass
told["rows"] = Import.objects.get().rows_ok
told["deleted"] = send("DELETE", "/entity/product", **{"Entity-Id": "old"}).status_code
print(json.dumps(told))
"""


def history() -> bytes | None:
    """Return the previous release's tree as an archive, None where the history is not here."""
    archived = subprocess.run(["git", "archive", COMMIT], cwd=CHECKOUT, check=False, capture_output=True)
    return archived.stdout if archived.returncode == 0 else None


@pytest.fixture
def previous(tmp_path: Path) -> Path:
    """A folder with the previous release's code."""
    archive = history()
    if archive is None:
        pytest.skip(f"not checked: the code of the previous release, {COMMIT[:10]} is not in this clone's history")
    with tarfile.open(fileobj=io.BytesIO(archive)) as tree:
        tree.extractall(tmp_path, filter="data")
    return tmp_path


def at_work(folder: Path, database: str) -> Any:
    """Have code work on a database and return what it told."""
    environment = {
        **os.environ,
        "DATABASE_URL": url_of(database),
        "DJANGO_SETTINGS_MODULE": "connector.settings",
        "RUN_DIR": str(folder / "run"),
        "LOG_LEVEL": "CRITICAL",
    }
    command = [sys.executable, "-W", "ignore", "-c", AT_WORK]
    ran = subprocess.run(command, input=FILE, cwd=folder, env=environment, check=True, capture_output=True, text=True)
    return json.loads(ran.stdout)


def test_code_of_the_previous_release_does_all_its_work_on_this_schema(previous: Path, there: str) -> None:
    assert at_work(previous, there) == {
        "ready": 200,
        "created": 201,
        "updated": 200,
        "accepted": 202,
        "ran": True,
        "waiting": 0,
        "prices": {"old": 2, "waiting-1": 3},
        "rows": ROWS,
        "deleted": 200,
    }
