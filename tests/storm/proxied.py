"""The network to PostgreSQL loses what matters most."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from connector.stack.postgres import ROLE, Cluster
from tests.acceptance.hostile.stack import hostile_stack
from tests.acceptance.local_stack import CHECKOUT
from tests.storm.case import Storm, case
from tests.storm.proxy import Proxy, proxy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.acceptance.hostile.stack import HostileStack

SECONDS = 30.0
SHARE = 0.03


@case()
def commit_done_and_its_reply_lost(storm: Storm) -> None:
    """A COMMIT is done and its reply is lost: who asked must not take it for undone, nor do it again."""
    with proxied_stack(storm.seed) as (stack, between):
        storm.stack = stack
        with storm.load() as load:
            between.share = SHARE
            for _ in storm.moments(SECONDS, 1, 1):
                continue
            between.share = 0
        storm.fault("the reply to a COMMIT lost", times=between.cuts)
        assert between.cuts
        storm.settle(load)


@contextmanager
def proxied_stack(seed: str) -> Iterator[tuple[HostileStack, Proxy]]:
    """Run a stack whose way to PostgreSQL leads through a proxy."""
    with (
        tempfile.TemporaryDirectory(prefix="connector-proxy-") as folder,
        servers() as home,
        proxy(Path(folder), Cluster.at(home).sockets, seed) as between,
        hostile_stack(DATABASE_URL=f"postgres://{ROLE}@/{ROLE}?host={quote(folder, safe='/')}") as stack,
    ):
        yield stack, between


@contextmanager
def servers() -> Iterator[Path]:
    """Run the servers of the tests in a folder that they remove."""
    home = Path(tempfile.mkdtemp(prefix="connector-servers-"))
    command = [sys.executable, "-m", "tests.servers", str(home)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=CHECKOUT) as keeper:
        assert keeper.stdout
        assert keeper.stdout.readline()
        yield home
        keeper.communicate()
