"""One PostgreSQL and one Valkey for a whole test session, as a pytest plugin: `python -m pytest -p tests.servers`.

They start in the xdist controller before the settings are read; workers inherit the environment. A process of its own
keeps them (`python -m tests.servers FOLDER`) until its standard input closes, so that even `kill -9` of pytest leaves
nothing behind. Where DATABASE_URL or REDIS_URL is set, that server is used.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from connector.stack.errors import StackError
from connector.stack.postgres import Cluster
from connector.stack.valkey import Valkey
from connector.stack.waiting import Waiting
from tests.databases import TEMPLATE, execute

ENVIRONMENT = {
    "CONNECTOR_ROLE": "worker",  # Its time-outs: a busy machine takes longer than the 2 s that a migration waits.
    "DEBUG": "false",  # A developer's own .run/ is never read.
    "SECRET_KEY": "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz",
    "FIELD_KEYS": "b25seS1mb3ItdGVzdHMtMDEyMzQ1Njc4OS1hYmNkZWY=",
    "ALLOWED_HOSTS": "testserver,127.0.0.1,localhost",
    "CONNECTOR_TOKEN_GUESSES": "0",  # All tests come from one address.
}
POSTGRES = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}
PATIENCE = 60.0


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Set what the settings read before pytest-django reads them."""
    os.environ.update(ENVIRONMENT)
    _keep_bytecode()
    _name_template(early_config)
    if "DATABASE_URL" in os.environ and "REDIS_URL" in os.environ:
        return
    home = Path(tempfile.mkdtemp(prefix="connector-tests-"))
    early_config.add_cleanup(_keep(home))
    os.environ.setdefault("DATABASE_URL", Cluster.at(home).url())
    os.environ.setdefault("REDIS_URL", Valkey.at(home).url())


def _name_template(config: pytest.Config) -> None:
    """Give the database that others are copied from a name of its own, and have it removed from a server that stays."""
    if TEMPLATE not in os.environ:
        os.environ[TEMPLATE] = f"migrated_{uuid.uuid4().hex}"
        if "DATABASE_URL" in os.environ:
            config.add_cleanup(partial(execute, "DROP DATABASE IF EXISTS {}", os.environ[TEMPLATE]))


def _keep_bytecode() -> None:
    """Have what is imported compiled once, and not in each of the hundreds of processes that the tests start."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


@pytest.hookimpl(tryfirst=True, optionalhook=True)  # Before xdist, which is registered later and would be asked first.
def pytest_xdist_auto_num_workers() -> int:
    """Return one more than there are processors: for a third of its time a test waits for a server."""
    return (os.cpu_count() or 1) + 1


def _keep(home: Path) -> Callable[[], None]:
    """Start the keeper of both servers and return what ends it."""
    # A session of its own: Ctrl-C in the terminal reaches pytest alone, whose end closes the pipe.
    keeper = subprocess.Popen(
        [sys.executable, "-m", "tests.servers", str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parent.parent,
        start_new_session=True,
    )
    assert keeper.stdout is not None
    up = keeper.stdout.readline()

    def end() -> None:
        keeper.communicate()

    if not up:
        end()
        raise pytest.UsageError("the PostgreSQL and Valkey of the tests did not start; the lines above say why")
    return end


def main(home: Path) -> None:
    """Run both servers in the folder, say so in one line, and stop them when standard input closes."""
    home.chmod(0o711)  # PostgreSQL's own system user passes through.
    servers: list[subprocess.Popen[bytes]] = []
    try:
        _start(home, servers)
        sys.stdout.write("up\n")
        sys.stdout.flush()
        sys.stdin.read()
    except StackError:
        sys.stderr.write((home / "log").read_text())
        raise
    finally:
        for server in servers:
            server.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown
        for server in servers:
            server.wait(PATIENCE)
        shutil.rmtree(home)


def _start(home: Path, servers: list[subprocess.Popen[bytes]]) -> None:
    cluster, valkey = Cluster.at(home), Valkey.at(home)
    cluster.create(durable=False)
    valkey.create()
    with (home / "log").open("wb") as log:
        servers.append(
            subprocess.Popen(
                cluster.command(**POSTGRES),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                user=cluster.user,
                group=cluster.user,
                extra_groups=[] if cluster.user else None,
            )
        )
        servers.append(subprocess.Popen(valkey.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log))
    Waiting().until(cluster.is_up, "PostgreSQL")
    Waiting().until(valkey.is_up, "Valkey")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
