"""Merge a CSV file of sales from an SFTP server into PostgreSQL, as dlt's documentation has it; tell the seconds."""

import csv
import os
import tempfile
import time
from pathlib import Path

import dlt
import fsspec

MERGE = {"disposition": "merge", "strategy": "upsert"}  # Not slower than the other strategy.
TEXTS = ("transaction_id", "credential_principal", "partner_sku_code", "currency", "sales_origin")
COLUMNS = {
    "quantity": {"data_type": "decimal", "precision": 14, "scale": 4},
    "amount": {"data_type": "decimal", "precision": 16, "scale": 4},
    "sale_date": {"data_type": "date"},
    **{name: {"data_type": "text"} for name in TEXTS},
}


@dlt.resource(name="sales", primary_key="transaction_id", write_disposition=MERGE, columns=COLUMNS)
def sales():
    """Yield the rows of the file, which is fetched whole, in lists of 5,000."""
    options = {"port": int(os.environ["SFTP_PORT"]), "username": os.environ["SFTP_USER"]}
    server = fsspec.filesystem("sftp", host="127.0.0.1", password=os.environ["SFTP_PASSWORD"], **options)
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        server.get("/sales.csv", file.name)
        with Path(file.name).open(newline="") as text:
            rows = []
            for row in csv.DictReader(text):
                rows.append(row)
                if len(rows) == 5000:
                    yield rows
                    rows = []
            yield rows


if __name__ == "__main__":
    url = f"postgresql://{os.environ['PGUSER']}:-@localhost/peers?host={os.environ['PGHOST']}"
    pipeline = dlt.pipeline("sales", destination=dlt.destinations.postgres(url), dataset_name="dlt_sales")
    started = time.perf_counter()
    pipeline.run(sales())
    print(time.perf_counter() - started)
