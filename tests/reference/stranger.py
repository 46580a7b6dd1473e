"""A program that knows nothing of the service but its document: schemathesis, with tokens of all three contracts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.acceptance.local_stack import CHECKOUT
from tests.acceptance.web import Web

# It makes very many objects and no cycles of them to speak of: to look for those was a third of what it did.
ITSELF = (
    "import gc, runpy; gc.set_threshold(100_000, 50, 50); runpy.run_module('schemathesis.cli', run_name='__main__')"
)
SCHEMATHESIS = (sys.executable, "-c", ITSELF)
MANY = str(10**6)
PATIENCE = 300
CALLERS = """
import django, json
django.setup()
from connector.edge.models import Scope
from connector.edge.tokens import issue
from partners.audit import Actor
from partners.companies import obtain_company
from partners.joining import Joining, join
company, _ = obtain_company("Acme")
bearer = issue(client_name="program", scope=Scope.HOOD, tenant=str(company.pk))[1]
_, token = join(Joining("Partner", "party@example.com", "only-for-tests", "test", "Acme"), Actor("a test"))
print(json.dumps({"bearer": bearer, "token": token}))
"""
FUZZED = {"CONNECTOR_RATE_BURST": MANY, "CONNECTOR_RATE_STEADY": MANY, "CONNECTOR_DELETE_LIMIT": "0"}
# Not asked of it: that whatever fits the schema is taken (an unknown id is a 400 of these contracts), and that what does
# not is refused where only a format says so. The forms and validators are compared with their schemas elsewhere, and
# more closely.
CONFIG = """\
workers = 2
warnings = false
[generation]
max-examples = 3
deterministic = true
allow-x00 = false
database = "none"
[checks]
positive_data_acceptance.enabled = false
[phases.stateful]
max-steps = 5
[phases.stateful.generation]
max-examples = 25
[auth.openapi]
Auth-Token = {{ api_key = "{auth}" }}
Bearer = {{ bearer = "{bearer}" }}
Thalamus-Touchpoint = {{ api_key = "test" }}
Thalamus-Token = {{ api_key = "{token}" }}
Party = {{ username = "party@example.com", password = "only-for-tests" }}
"""
OF_ENTITY = """
[[operations]]
include-path-regex = "^/entity/{entity}$"
parameters = {{ "header.Entity-Token" = "{token}" }}
"""
OF_READER = """
[[operations]]
include-path-regex = "^/api/sync/"
parameters = {{ "header.Entity-Token" = "{token}" }}
"""


def callers(web: Web) -> dict[str, str]:
    """Make a program of a company and a party of a partner, and return their tokens."""
    command = [sys.executable, "-c", CALLERS]
    made = subprocess.run(command, cwd=CHECKOUT, env=web.environment, check=True, capture_output=True, text=True)
    found: dict[str, str] = json.loads(made.stdout)
    web.used.update(found.values())
    return found


def configured(web: Web, folder: Path) -> Path:
    """Write what schemathesis is to know: the tokens, and how much it may do."""
    text = CONFIG.format(auth=web.token, **callers(web))
    text += "".join(OF_ENTITY.format(entity=entity, token=token) for entity, token in web.entity_tokens.items())
    path = folder / "schemathesis.toml"
    path.write_text(text + OF_READER.format(token=web.entity_tokens["product"]))
    return path


def explore(web: Web, config: Path, phase: str) -> str:
    """Have the operations called and return what is told of it; nothing may be found that is not as documented."""
    # Without --max-time: given a time, it calls all operations again and again until that is over.
    address = f"http://127.0.0.1:{web.port}/openapi.json"
    options = ["--continue-on-failure", "--phases", phase]
    command = [*SCHEMATHESIS, "--config-file", str(config), "--no-color", "run", address, *options]
    there = {"cwd": config.parent, "env": {**os.environ, "PYTHONPATH": str(CHECKOUT)}}  # It leaves a cache behind.
    found = subprocess.run(command, **there, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert found.returncode == 0, found.stdout[-20000:] + found.stderr[-2000:]
    return found.stdout
