"""What answers show of data sources, e-mails and imports, in the published names and order."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from datasources.models import DataSource, Import, Recipient

EXTENSIONS = {  # Shown where they are set, because the published answer has 17 keys.
    "columnMapping": ("column_mapping", {}),
    "dateFormat": ("date_format", ""),
    "decimalComma": ("decimal_comma", False),
    "filePatterns": ("file_patterns", {}),
    "everyMinutes": ("every_minutes", 60),
}


def data_source(source: DataSource, told: Collection[str] = ()) -> dict[str, Any]:
    """Return a source as it is shown; `told` are the columns that the caller has just sent, secrets among them."""
    return {
        "id": source.pk,
        "host": source.host,
        "user": source.user,
        "password": secret(source, "password", told),
        "workingDirectory": source.working_directory,
        "processorType": source.processor_type,
        "fileImportType": source.file_import_type,
        "dataSourceType": source.data_source_type,
        "touchpointCode": source.touchpoint.code,
        "authenticationType": source.authentication_type,
        "active": source.active,
        "privateKeyFile": secret(source, "private_key_file", told),
        "passphrase": secret(source, "passphrase", told),
        "region": source.region,
        "reprocessingDays": source.reprocessing_days,
        "lastRunningTime": milliseconds(source.last_running_time),
        "amountCalculated": source.amount_calculated,
        **{
            name: getattr(source, column)
            for name, (column, usual) in EXTENSIONS.items()
            if getattr(source, column) != usual
        },
    }


def secret(source: DataSource, column: str, told: Collection[str]) -> str | None:
    """Return a secret to whom has just sent it, and to others where the operator wants the published answers."""
    if column in told or settings.CONNECTOR_SHOW_PASSWORDS:
        return str(getattr(source, column)) or None
    return None


def recipient(row: Recipient) -> dict[str, Any]:
    return {"email": row.email, "active": row.active}


def import_(row: Import, request: HttpRequest) -> dict[str, Any]:
    home = settings.CONNECTOR_PUBLIC_URL or f"{request.scheme}://{request.get_host()}"
    return {
        "id": row.pk,
        "creationDate": milliseconds(row.created_at),
        "modificationDate": milliseconds(row.modified_at),
        "importDate": milliseconds(row.import_date),
        "name": row.name,
        "fileName": row.file_name,
        "fileType": row.file_type,
        "owner": {"id": row.partner_id, "entityType": row.processor_type},
        "partnerDatasourceId": row.data_source_id,
        "rows": row.rows,
        "rowsOk": row.rows_ok,
        "rowsWithErrors": row.rows_with_errors,
        "rowsSkipped": row.rows_skipped,
        "state": row.state,
        "percentageProcessed": row.percentage_processed,
        "totalToProcess": row.total_to_process,
        "url": f"{home}/api/v4/import/{row.pk}/results",
        "fileImportType": row.file_import_type,
        "fileSize": row.file_size,
        "reason": row.reason,
        "unknownColumns": row.unknown_columns,
    }


def milliseconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() * 1000)
