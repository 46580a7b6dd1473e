"""The one PostgreSQL and the one Valkey of a run; PostgreSQL writes as durably as it does by default."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.processes import process
from connector.stack.place import Place
from connector.stack.postgres import Cluster
from connector.stack.valkey import Valkey
from connector.stack.waiting import Waiting

POSTGRES = {"max_connections": "200"}  # The threads of two web servers would come close to the default of 100.


@dataclass(frozen=True)
class Servers:
    place: Place
    cluster: Cluster
    valkey: Valkey

    @classmethod
    def at(cls, place: Place) -> Servers:
        return cls(
            place,
            Cluster.at(place.home, sockets=place.postgres_sockets),
            Valkey.at(place.home, sockets=place.sockets),
        )

    @contextmanager
    def running(self) -> Iterator[None]:
        shutil.rmtree(self.cluster.data, ignore_errors=True)
        for log in self.place.logs.iterdir():
            log.unlink()
        self.cluster.create()
        self.valkey.create()
        postgres, valkey = self.cluster.command(**POSTGRES), self.valkey.command()
        with (
            process(postgres, log=self.log("postgres"), stop=signal.SIGINT, cwd="/", **self.user),
            process(valkey, log=self.log("valkey")),
        ):
            Waiting().until(self.cluster.is_up, "PostgreSQL")
            Waiting().until(self.valkey.is_up, "Valkey")
            yield

    @property
    def user(self) -> dict[str, Any]:
        """Return who runs PostgreSQL, as `Popen` takes it."""
        user = self.cluster.user
        return {"user": user, "group": user, "extra_groups": []} if user else {}

    def log(self, name: str) -> Path:
        return self.place.logs / f"{name}.log"


@dataclass(frozen=True)
class Side:
    """One side of a comparison, with a database of its own in the run's PostgreSQL."""

    servers: Servers
    database_name: str

    @contextmanager
    def database(self) -> Iterator[psycopg.Connection]:
        with psycopg.connect(self.servers.cluster.url(self.database_name), autocommit=True) as connection:
            yield connection

    def count(self, query: str) -> int:
        with self.database() as connection:
            (count,) = connection.execute(query.encode()).fetchone() or (0,)
            return int(count)
