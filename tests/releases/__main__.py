"""Keep what is released: `make release`, in the commit that is released, with nothing changed in it.

A service with work of every kind is made in a cluster of its own and dumped; the next release's migrations are judged
by what is new to it, and its code goes on with what it holds.
"""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import tempfile

import psycopg

from connector.stack.postgres import Cluster
from tests.acceptance.local_stack import CHECKOUT
from tests.clusters import empty_cluster, run
from tests.releases.released import DUMP, Released
from tests.servers import ENVIRONMENT

NOBODY = "redis://127.0.0.1:1/0"
MIGRATIONS = "SELECT app || '.' || name FROM django_migrations ORDER BY 1"


def main() -> None:
    with empty_cluster() as cluster, tempfile.TemporaryDirectory() as spool:
        environment = {
            **os.environ,
            **ENVIRONMENT,
            "DATABASE_URL": cluster.url(),
            "REDIS_URL": NOBODY,
            "DJANGO_SETTINGS_MODULE": "connector.settings",
            "CONNECTOR_DELETE_LIMIT": "1",
            "CONNECTOR_SPOOL_DIR": spool,
            "LOG_LEVEL": "CRITICAL",
        }
        for command in (["manage.py", "migrate", "--verbosity=0", "--skip-checks"], ["-m", "tests.releases.filling"]):
            subprocess.run([sys.executable, *command], cwd=CHECKOUT, env=environment, check=True)
        keep(cluster)


def keep(cluster: Cluster) -> None:
    dump = run(cluster, "pg_dump", "--no-owner", "--no-privileges", "connector").stdout
    DUMP.write_bytes(gzip.compress(dump, mtime=0))
    with psycopg.connect(cluster.url().replace("postgres:", "postgresql:", 1)) as database:
        migrations = [name for (name,) in database.execute(MIGRATIONS)]
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=CHECKOUT, check=True, capture_output=True, text=True)
    Released(commit.stdout.strip(), migrations).write()
    sys.stdout.write(f"{DUMP.name}: {DUMP.stat().st_size} bytes, {len(migrations)} migrations\n")


if __name__ == "__main__":
    main()
