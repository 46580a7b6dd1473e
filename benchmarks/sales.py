"""Files of sales on an SFTP server, and what brings them into PostgreSQL on either side."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings

from benchmarks import singer
from benchmarks.bench import Bench
from benchmarks.processes import accepts, free_port, process
from benchmarks.sftp import PASSWORD, USER
from benchmarks.theirs import FOLDER, PYTHON
from connector.stack.waiting import Waiting

HEADER = "transactionId,credentialPrincipal,partnerSkuCode,quantity,amount,saleDate,currency,salesOrigin"
TABLE = """
    CREATE SCHEMA copied;
    CREATE TABLE copied.sales (
        transaction_id text PRIMARY KEY, credential_principal text, partner_sku_code text, quantity numeric,
        amount numeric, sale_date date, currency text, sales_origin text
    )
"""
COPY = "COPY copied.sales FROM STDIN (FORMAT csv, HEADER)"
LEFT = "datasources_run, datasources_import, datasources_reject, entities_partnersale"


@dataclass(frozen=True)
class Sales:
    """A folder that is served on a port, and a source of ours that looks at it."""

    bench: Bench
    folder: Path
    port: int
    source: Any
    rows: int

    def put(self, origin: str, *, bad: float = 0) -> None:
        """Put the file there; rows of another origin differ in that, and so many of them are bad."""
        dice = random.Random(1)  # noqa: S311 (no secret)
        with (self.folder / "sales.csv").open("w") as file:
            file.write(f"{HEADER}\n")
            for number in range(self.rows):
                quantity = "many" if dice.random() < bad else dice.randint(1, 20)
                what = f"shop-{number % 500},sku-{dice.randint(1, 30_000)},{quantity},{dice.randint(100, 99_999) / 100}"
                day = f"2026-{1 + number % 10:02d}-{1 + number % 28:02d}"
                file.write(f"invoice-{number:08d},{what},{day},EUR,{origin}\n")

    def ours(self) -> float:
        """Return how many rows a second a run of our source imports."""
        from datasources import runs  # noqa: PLC0415 (models can be imported only now)

        started = time.perf_counter()
        run = runs.ask_run(self.source)
        while not runs.work(30):
            pass
        seconds = time.perf_counter() - started
        run.refresh_from_db()
        assert not run.failure, run.failure  # noqa: S101
        assert sum(import_.rows for import_ in run.imports.all()) == self.rows  # noqa: S101
        return self.rows / seconds

    def theirs(self) -> float:
        """Return how many rows a second dlt merges."""
        data = str(self.folder.parent / "dlt")
        telling = {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "ERROR", "DLT_DATA_DIR": data}
        command = [str(PYTHON), str(FOLDER / "dlt_merge.py")]
        environment = {**self.environment, **telling}
        done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
        self.must_be_in("dlt_sales.sales")
        return self.rows / float(done.stdout.split()[-1])

    def by_singer(self) -> float:
        """Return how many rows a second a Singer target loads."""
        seconds = singer.load(self.bench.theirs, self.environment, self.folder.parent)
        self.must_be_in(f"{singer.SCHEMA}.sales")
        return self.rows / seconds

    def by_copy(self) -> float:
        """Return how many rows a second COPY stores in a table that has a key and no other rule."""
        with self.bench.theirs.database() as connection, connection.cursor() as cursor:
            cursor.execute(TABLE)
            started = time.perf_counter()
            with (self.folder / "sales.csv").open("rb") as file, cursor.copy(COPY) as rows:
                while data := file.read(1 << 16):
                    rows.write(data)
            seconds = time.perf_counter() - started
        self.must_be_in("copied.sales")
        return self.rows / seconds

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment of a peer, with the way to the file."""
        door = {"SFTP_PORT": str(self.port), "SFTP_USER": USER, "SFTP_PASSWORD": PASSWORD}
        return {**self.bench.theirs.environment, **door}

    def must_be_in(self, table: str) -> None:
        found = self.bench.theirs.count(f"SELECT count(*) FROM {table}")  # noqa: S608 (a name of ours)
        assert found == self.rows, f"{table} has {found} rows"  # noqa: S101

    def clean(self) -> None:
        with self.bench.ours.database() as ours, self.bench.theirs.database() as theirs:
            ours.execute(f"TRUNCATE {LEFT} CASCADE".encode())
            theirs.execute(
                f"DROP SCHEMA IF EXISTS dlt_sales, dlt_sales_staging, {singer.SCHEMA}, copied CASCADE".encode()
            )


@contextmanager
def served(bench: Bench, rows: int) -> Iterator[Sales]:
    """Serve a folder for as long as the block lasts."""
    with TemporaryDirectory() as home:
        folder, port = Path(home) / "served", free_port()
        folder.mkdir()
        command = [sys.executable, "-m", "benchmarks.sftp", str(folder), str(port)]
        with process(command, log=bench.ours.servers.log("sftp")):
            Waiting().until(lambda: accepts(port), "the SFTP server")
            settings.CONNECTOR_OUTBOUND_ALLOW, settings.CONNECTOR_OUTBOUND_PORTS = ["127.0.0.1/32"], [str(port)]
            yield Sales(bench, folder, port, source(port), rows)


def source(port: int) -> Any:
    from datasources.models import DataSource, ProcessorType  # noqa: PLC0415 (models can be imported only now)
    from partners.models import Company, Partner, Touchpoint  # noqa: PLC0415

    company, _ = Company.objects.get_or_create(name="default")
    partner = Partner.objects.create(company=company, name="benchmark", type=["publisher"], status="active")
    return DataSource.objects.create(
        partner=partner,
        touchpoint=Touchpoint.objects.create(partner=partner, code="benchmark", digest=b"benchmark"),
        data_source_type="SFTP",
        host=f"127.0.0.1:{port}",
        user=USER,
        password=PASSWORD,
        authentication_type="PASSWORD",
        working_directory="/",
        processor_type=ProcessorType.PARTNER_SALES,
    )
