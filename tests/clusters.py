"""PostgreSQL clusters besides that of the test session: one to restore into, one that follows it."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection

from connector.stack.postgres import Cluster
from connector.stack.system_user import give
from connector.stack.waiting import Waiting
from tests.servers import POSTGRES


@contextmanager
def folder() -> Iterator[Path]:
    """Give a folder through which PostgreSQL's own system user passes."""
    home = Path(tempfile.mkdtemp(prefix="connector-cluster-"))
    home.chmod(0o711)
    try:
        yield home
    finally:
        shutil.rmtree(home)


@contextmanager
def running(cluster: Cluster, **settings: str) -> Iterator[Cluster]:
    """Run a cluster for as long as the block lasts; it is ready when the block begins."""
    server = subprocess.Popen(
        cluster.command(**POSTGRES, **settings), stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **as_user(cluster)
    )
    try:
        Waiting().until(lambda: run(cluster, "pg_isready", check=False).returncode == 0, "PostgreSQL")
        yield cluster
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(60)


@contextmanager
def empty_cluster() -> Iterator[Cluster]:
    """Run a cluster that has nothing but an empty database."""
    with folder() as home:
        cluster = Cluster.at(home)
        cluster.create(durable=False)
        with running(cluster):
            cluster.create_database()
            yield cluster


@contextmanager
def standby() -> Iterator[Cluster]:
    """Run a hot standby of the test session's cluster."""
    with folder() as home:
        cluster = Cluster.at(home)
        give(cluster.sockets, cluster.user)
        give(cluster.data, cluster.user)
        run(cluster, "pg_basebackup", "--pgdata", str(cluster.data), "--checkpoint=fast", "-R", **of_session())
        with running(cluster):
            yield cluster


def of_session() -> dict[str, str]:
    """Return by which options a program of PostgreSQL reaches the server of the test session."""
    given = connection.get_connection_params()
    return {"host": given["host"], "username": given["user"]}


def run(cluster: Cluster, program: str, *arguments: str, check: bool = True, **to: str) -> Any:
    """Run a program of PostgreSQL against a cluster, or another server."""
    server: Mapping[str, str] = to or {"host": str(cluster.sockets), "username": "connector"}
    command = [str(cluster.programs / program), *(f"--{name}={value}" for name, value in server.items()), *arguments]
    return subprocess.run(command, check=check, capture_output=True, **as_user(cluster))


def as_user(cluster: Cluster) -> dict[str, Any]:
    return {"cwd": "/", "user": cluster.user, "group": cluster.user, "extra_groups": [] if cluster.user else None}
