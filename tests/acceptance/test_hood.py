"""The partner contract against the real processes: the published command, and rates that hold across them."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.local_stack import CHECKOUT
from tests.acceptance.web import Answer, Web

SAMPLE = Path(__file__).parents[1] / "partners" / "examples" / "update.request.json"
PUBLISHED = """
curl -X PATCH \\
"https://api.ocamba.com/v1/hood/partners/{id}" \\
-H "Authorization: Bearer {TOKEN}" \\
-H "Content-Type: application/json" \\
-d '{BODY}' --silent --write-out "%{http_code}"
"""
STEADY = 50
ALLOW = """
    INSERT INTO edge_allowance (scope, tenant, burst, steady)
    SELECT 'hood', id::text, 1000, {steady} FROM partners_company WHERE name = 'Bcme'
"""
# Calls are counted by a company's number in the Valkey of the whole session: here are numbers that no other test has.
NUMBER = "ALTER SEQUENCE partners_company_id_seq RESTART WITH {first}"


@dataclass(frozen=True)
class Company:
    """A company's program, which knows its token."""

    web: Web
    token: str

    def ask(self, method: str, path: str, body: Any = None) -> Answer:
        return self.web.ask(self.request(method, path, body))

    def request(self, method: str, path: str, body: Any = None) -> bytes:
        content = None if body is None else json.dumps(body).encode()
        signed = {"Auth_Token": None, "Authorization": f"Bearer {self.token}"}
        return self.web.request(method, f"/v1/hood{path}", content, **signed)


def manage(web: Web, *arguments: str) -> list[str]:
    """Run a command on the database of the web process, and return what it printed, line by line."""
    ended = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=CHECKOUT,
        env=web.environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return ended.stdout.splitlines()


def company(web: Web, name: str) -> Company:
    token = manage(web, "issue_token", "program", "--scope", "hood", "--company", name)[-1]
    web.used.add(token)
    return Company(web, token)


@pytest.fixture(scope="module")
def companies(web: Web) -> tuple[Company, Company]:
    """A company with the member of the published body, and one that may make few calls a minute and many a second."""
    web.execute(NUMBER.format(first=10**9 + secrets.randbelow(10**9)))
    manage(web, "create_company", "Acme", "--member-id", "1000220")
    made = company(web, "Acme"), company(web, "Bcme")
    web.execute(
        ALLOW.format(steady=STEADY)
    )  # Before the first call: what accounts are allowed is remembered for some seconds.
    return made


def test_published_command_changes_what_it_says(companies: tuple[Company, Company]) -> None:
    acme, _ = companies
    new = {"manager_ids": ["1000220"], "name": "Partner", "type": ["publisher"], "status": "active"}
    partner = acme.ask("POST", "/partners", new).json()["id"]
    values = {"https://api.ocamba.com": f"http://127.0.0.1:{acme.web.port}", "{id}": partner, "{TOKEN}": acme.token}
    assert printed_by(PUBLISHED, {**values, "{BODY}": SAMPLE.read_text()}) == "204"
    shown = acme.ask("GET", f"/partners/{partner}").json()["items"][0]
    sample = json.loads(SAMPLE.read_text())
    assert {name: shown[name] for name in sample} == sample


def printed_by(command: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        command = command.replace(name, value)
    return subprocess.run(["sh", "-c", command], check=True, capture_output=True, text=True).stdout


def test_rates_are_exact_across_the_processes_of_the_web_server(companies: tuple[Company, Company]) -> None:
    _, bcme = companies
    answers = bcme.web.ask_all([bcme.request("GET", "/members")] * (4 * STEADY))
    assert Counter(answer.status for answer in answers) == {200: STEADY, 429: 3 * STEADY}
    left = sorted(int(answer.headers["X-RateLimit-Remaining"]) for answer in answers if answer.status == 200)
    assert left == list(range(STEADY))
    assert all("Retry-After" in answer.headers for answer in answers if answer.status == 429)
