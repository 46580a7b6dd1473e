"""The play of a partner: its folder, its address, a clean file and a dirty one, and the report of both."""

from __future__ import annotations

import secrets
from datetime import date
from time import time
from typing import Any

import httpx
from rich.console import Console

from ..report import print_results
from .folder import Folder, served
from .party import BASE, Party, let_in, register_email
from .pull import SOURCES, Counts, body_of, pulled, source
from .report import print_mail, print_report

HEADER = "transactionId,credentialPrincipal,partnerSkuCode,quantity,amount,saleDate,currency"


def is_served(url: str) -> bool:
    """Tell whether a connector serves data sources: it refuses strangers then."""
    return "errors" in httpx.get(f"{url}{BASE}{SOURCES}", trust_env=False).json()


def play(url: str, folder: Folder, console: Console) -> int:
    """Play it and print what came of it; return how many lines went wrong."""
    party, started = let_in("Demo partner", url), time()
    fill(folder, secrets.token_hex(4))
    imports: dict[str, Any] = {}
    with served(folder):
        register_email(party)
        with source(party, folder, workingDirectory="/none") as made:
            if made:
                imports = pull(party, folder, made["id"])
    print_results(console, party.results)
    print_report(console, party, imports)
    print_mail(console, since=started)
    return sum(bool(result.faults) for result in party.results)


def fill(folder: Folder, run: str) -> None:
    """Put the two files there; a run has numbers of its own, so that an earlier play's are not these."""
    today = date.today().isoformat()  # noqa: DTZ011 (any day that is not in the future)
    clean = [f"{run}-{number},walk-in,sku-{number},{number},9.95,{today},EUR" for number in range(1, 6)]
    dirty = [
        f"{run}-6,walk-in,sku-6,1,9.95,{today},EUR",
        f"{run}-7,walk-in,sku-7,many,9.95,{today},EUR",
        f"{run}-8,walk-in,sku-8,1,9.95,2999-12-31,EUR",
        f"{run}-9,,sku-9,1,9.95,{today},XXX",
        f"{run}-6,walk-in,sku-6,2,9.95,{today},EUR",
    ]
    folder.put("clean sales.csv", [HEADER, *clean])
    folder.put("dirty sales.csv", [HEADER, *dirty])


def pull(party: Party, folder: Folder, number: int) -> dict[str, Any]:
    body = body_of(folder)
    party.call("of nothing that there is", "PUT", f"{SOURCES}/{number}", {**body, "touchpointCode": ""}, expected=400)
    changed = party.call("where our files are", "PUT", f"{SOURCES}/{number}", body)
    party.expect("workingDirectory", changed.get("datasource", {}).get("workingDirectory"), "/")
    trial = party.call("what would be imported", "POST", f"{SOURCES}/{number}/test").get("test", {})
    party.expect("how many files it finds", len(trial.get("files", [])), 2)
    imports = pulled(party, number, files=2)
    told = {name: Counts.told(each) for name, each in imports.items()}
    expected = {"clean sales.csv": Counts(5, 5, 0, 0), "dirty sales.csv": Counts(5, 1, 3, 1)}
    party.expect("what became of the rows", told, expected)
    return imports
