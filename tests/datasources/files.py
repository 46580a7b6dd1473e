"""Files as partners send them, and what becomes of them."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from datasources import spool
from datasources.importing import work
from datasources.models import Import, ProcessorType, Run
from entities.schema import schemas
from tests.partners.factories import make_partner

SALES = "transactionId,credentialPrincipal,partnerSkuCode,quantity,amount,saleDate"


def make_import(content: bytes | str = b"", **fields: Any) -> Import:
    """Return an import whose file is in the spool."""
    partner = fields.pop("partner", None) or make_partner()
    run = Run.objects.create(partner=partner, trigger="upload", state="importing")
    fields = {"processor_type": ProcessorType.PARTNER_SALES, "file_name": "sales.csv", "name": "sales", **fields}
    import_ = Import.objects.create(partner=partner, run=run, **fields)
    spool.path_of(import_.pk).write_bytes(content.encode() if isinstance(content, str) else content)
    return import_


def imported(content: bytes | str, **fields: Any) -> Import:
    """Return an import that has come to its end."""
    import_ = make_import(content, **fields)
    while not work.go_on(import_.pk):
        pass
    import_.refresh_from_db()
    return import_


def sale(number: int | str = 1, **columns: Any) -> str:
    """Return a line of a file of sales."""
    values = {
        "transactionId": f"t{number}",
        "credentialPrincipal": "shop-1",
        "partnerSkuCode": "sku-1",
        "quantity": "2",
        "amount": "1.50",
        "saleDate": "2026-01-31",
        **columns,
    }
    return ",".join(str(value) for value in values.values())


def sales(*lines: str) -> str:
    return "\n".join([SALES, *lines, ""])


def stored(entity: str = "partner_sale") -> dict[str, Model]:
    """Return the records of an entity by the end of their keys."""
    records = schemas()[entity].model.objects.all()
    return {record.key.partition(":")[2]: record for record in records}


def counts(import_: Import) -> tuple[int, int, int, int]:
    return import_.rows, import_.rows_ok, import_.rows_with_errors, import_.rows_skipped


def rejects(import_: Import) -> list[tuple[int, str, str, str]]:
    return list(import_.rejects.order_by("row", "pk").values_list("row", "column", "code", "value"))
