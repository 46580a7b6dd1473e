"""Tell the sales of a CSV file on an SFTP server as Singer's specification has it, for a target to load."""

import csv
import json
import os
import sys

import fsspec

TEXT, NUMBER = {"type": ["string", "null"]}, {"type": ["number", "null"]}
PROPERTIES = {
    "transactionId": {"type": "string"},
    "credentialPrincipal": TEXT,
    "partnerSkuCode": TEXT,
    "quantity": NUMBER,
    "amount": NUMBER,
    "saleDate": {"type": ["string", "null"], "format": "date"},
    "currency": TEXT,
    "salesOrigin": TEXT,
}
SCHEMA = {"type": "object", "properties": PROPERTIES}


def tell(**message):
    sys.stdout.write(json.dumps(message) + "\n")


options = {"port": int(os.environ["SFTP_PORT"]), "username": os.environ["SFTP_USER"]}
server = fsspec.filesystem("sftp", host="127.0.0.1", password=os.environ["SFTP_PASSWORD"], **options)
tell(type="SCHEMA", stream="sales", schema=SCHEMA, key_properties=["transactionId"])
with server.open("/sales.csv", "r", newline="") as file:
    for row in csv.DictReader(file):
        row |= {name: float(row[name]) for name in ("quantity", "amount")}
        tell(type="RECORD", stream="sales", record=row)
tell(type="STATE", value={"done": True})
