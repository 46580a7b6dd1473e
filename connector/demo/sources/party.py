"""A party of the data source contract: its calls, each a line of the table."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import httpx

from ..exchange import no_answer
from ..scenes import Result
from ..target import CHECKOUT, UnavailableError

TOUCHPOINT = "demo"
BASE = "/api/v4"
EMAIL = "reports@example.com"


@dataclass
class Party:
    """Who calls; what was not answered as the contract says is a fault of its line."""

    http: httpx.Client
    results: list[Result] = field(default_factory=list)

    def call(self, purpose: str, method: str, path: str, body: Any = None, *, expected: int = 200) -> Any:
        """Return the answer's JSON, empty where there was none."""
        line = f"{method} {BASE}{path}"
        started = perf_counter()
        try:
            answer = self.http.request(method, f"{BASE}{path}", json=body)
        except httpx.TransportError as exc:
            self.results.append(Result(purpose, line, expected, faults=[no_answer(exc)]))
            return {}
        faults = [] if answer.status_code == expected else [f"status is {answer.status_code}: {answer.text[:300]}"]
        milliseconds = (perf_counter() - started) * 1000
        self.results.append(Result(purpose, line, expected, answer.status_code, milliseconds, faults))
        return answer.json() if answer.headers.get("Content-Type") == "application/json" else {"text": answer.text}

    def expect(self, what: str, found: object, expected: object) -> None:
        """Have a difference be a fault of the last line."""
        if found != expected:
            self.results[-1].faults.append(f"{what} is {found!r}, not {expected!r}")

    def poll(self, path: str) -> Any:
        """Ask without a line of the table: while waiting."""
        return self.http.get(f"{BASE}{path}").raise_for_status().json()


def let_in(name: str, url: str) -> Party:
    """Make the partner as an operator does, and return its party; raises UnavailableError."""
    principal, password = f"{name.lower().replace(' ', '-')}@example.com", secrets.token_urlsafe(16)
    options = ["--principal", principal, "--password-stdin", "--touchpoint", TOUCHPOINT]
    command = [sys.executable, str(CHECKOUT / "manage.py"), "create_partner", name, *options]
    done = subprocess.run(
        command, input=f"{password}\n", capture_output=True, text=True, env=os.environ.copy(), check=False
    )
    if done.returncode:
        raise UnavailableError(f"manage.py create_partner failed:\n{done.stderr[-500:]}")
    headers = {"Thalamus-Touchpoint": TOUCHPOINT, "Thalamus-Token": done.stdout.splitlines()[-1]}
    http = httpx.Client(base_url=url, headers=headers, auth=(principal, password), timeout=60, trust_env=False)
    return Party(http)


def register_email(party: Party) -> None:
    known = party.call("who is told", "GET", "/partner/emails").get("partnerEmails", [])
    body = {"email": EMAIL, "active": True}
    if any(each["email"] == EMAIL for each in known):
        party.call("an address of ours, again", "PUT", f"/partner/emails?email={EMAIL}", body, expected=201)
    else:
        party.call("an address of ours", "POST", "/partner/emails", body, expected=201)
