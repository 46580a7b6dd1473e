"""A pull: a source is made for a folder, run, and waited for."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ..target import UnavailableError
from .folder import NETWORK, USER, Folder
from .party import TOUCHPOINT, Party

SOURCES = "/partner/datasources"
FINISHED = {3, 4, 5, 6}  # Processed, error in file format, held, cancelled
PATIENCE = 600.0
SALES = 25011


class NotAllowed(UnavailableError):
    """The connector dials no loopback address, as none does that is not told to."""

    def __init__(self) -> None:
        super().__init__(
            "No files are pulled: the connector that runs may not dial a folder on this machine. Stop it, and the demo"
            f" starts one that may; or run it, and the demo, with CONNECTOR_OUTBOUND_ALLOW={NETWORK}"
            " CONNECTOR_OUTBOUND_PORTS=2222."
        )


@dataclass(frozen=True)
class Counts:
    """What became of rows."""

    rows: int
    ok: int
    with_errors: int
    skipped: int

    @classmethod
    def told(cls, import_: Mapping[str, Any]) -> Counts:
        return cls(*(import_[name] for name in ("rows", "rowsOk", "rowsWithErrors", "rowsSkipped")))

    def again(self) -> Counts:
        """Return what becomes of the same content when it comes again."""
        return Counts(self.rows, 0, 0, self.rows)

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.rows + other.rows,
            self.ok + other.ok,
            self.with_errors + other.with_errors,
            self.skipped + other.skipped,
        )

    def __str__(self) -> str:
        return f"{self.rows:,} rows: {self.ok:,} ok, {self.with_errors:,} with errors, {self.skipped:,} skipped"


def body_of(folder: Folder, **members: Any) -> dict[str, Any]:
    return {
        "host": folder.host,
        "user": USER,
        "password": folder.password,
        "workingDirectory": "/",
        "processorType": SALES,
        "authenticationType": "PASSWORD",
        "dataSourceType": "SFTP",
        "touchpointCode": TOUCHPOINT,
        **members,
    }


@contextmanager
def source(party: Party, folder: Folder, **members: Any) -> Iterator[dict[str, Any]]:
    """Make a source for as long as the block lasts; empty where it could not be made. Raises NotAllowed."""
    made = party.call("a folder of ours", "POST", SOURCES, body_of(folder, **members), expected=201)
    if "host" in made.get("errors", {}):
        raise NotAllowed
    found: dict[str, Any] = made.get("datasource", {})
    try:
        yield found
    finally:
        if found:
            party.call("it goes, its imports stay", "DELETE", f"{SOURCES}/{found['id']}")


def pulled(party: Party, number: int, files: int) -> dict[str, dict[str, Any]]:
    """Have a source run, wait until so many files have ended, and return their imports by name."""
    party.call("run now", "POST", f"{SOURCES}/{number}/run", expected=202)
    deadline = time.monotonic() + PATIENCE
    while True:
        imports = imports_of(party, number, files)
        ended = {name for name, each in imports.items() if each["state"] in FINISHED}
        if len(ended) >= files or time.monotonic() > deadline:
            party.expect("how many files have ended", len(ended), files)
            return imports
        time.sleep(0.3)


def imports_of(party: Party, number: int, files: int) -> dict[str, dict[str, Any]]:
    told = party.poll(f"/import/status?orderBy=id&ascending=false&pageSize={min(2 * files + 10, 1000)}")
    return {each["fileName"]: each for each in told["imports"] if each["partnerDatasourceId"] == number}
