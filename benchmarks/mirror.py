"""A second connector, which pulls what ours has into a database of its own."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass

from benchmarks.processes import process
from benchmarks.servers import Servers, Side

NAME = "mirror"
PULLED = "SELECT count(*) FROM entities_product JOIN sync_delivery ON last_delivery = sync_delivery.id"


@dataclass(frozen=True)
class Mirror(Side):
    """It has no web server of its own: pulling takes none."""

    environment: dict[str, str]

    @classmethod
    def prepared(cls, servers: Servers, token: str) -> Mirror:
        servers.cluster.create_database(NAME)
        url = servers.cluster.url(NAME)
        mirror = cls(servers, NAME, {**os.environ, "DATABASE_URL": url, "RESYNC_TOKEN": token})
        mirror.manage("migrate", "--verbosity=0")
        return mirror

    def pull(self, port: int, entity_token: str, *, count: int) -> float:
        """Return how many records a second are pulled into an empty table, from the command's start to its end."""
        with self.database() as connection:
            connection.execute("TRUNCATE sync_delivery, sync_pull, entities_product CASCADE")
        started = time.perf_counter()
        self.manage("resync", "pull", "product", f"--from=http://127.0.0.1:{port}", f"--entity-token={entity_token}")
        took = time.perf_counter() - started
        if (found := self.count(PULLED)) != count:
            raise AssertionError(f"{found} of {count} records were pulled.")
        return count / took

    def manage(self, *arguments: str) -> None:
        command = [sys.executable, "manage.py", *arguments]
        log = self.servers.log("mirror")
        with process(command, log=log, env=self.environment) as running:
            if running.wait():
                raise AssertionError(f"{arguments[0]} failed; {log} says why.")
