"""What the data source contract answers, in the published names."""

from __future__ import annotations

from http import HTTPStatus

from connector.edge.json_types import FLAG, NULL, TEXT, WHOLE, Schema, listing, nullable, one_of, record, ref
from datasources.api import forms
from datasources.api.answers import NOBODY, PAGES
from datasources.api.shapes import EXTENSIONS
from datasources.models import FileType, ImportState, ProcessorType, RunState
from partners.fields.json_schema import create_schema
from reference.thalamus.codes import CODES

EPOCH: Schema = {**WHOLE, "description": "Milliseconds since 1970."}
SECRET: Schema = {**nullable(TEXT), "description": "Told on the write that sent it, and else null."}
TEXTS: Schema = {"type": "object", "additionalProperties": TEXT}
SOURCE: dict[str, Schema] = {
    "id": WHOLE,
    "host": TEXT,
    "user": TEXT,
    "password": SECRET,
    "workingDirectory": TEXT,
    "processorType": one_of(ProcessorType.values),
    "fileImportType": nullable(TEXT),
    "dataSourceType": TEXT,
    "touchpointCode": TEXT,
    "authenticationType": TEXT,
    "active": FLAG,
    "privateKeyFile": SECRET,
    "passphrase": SECRET,
    "region": nullable(TEXT),
    "reprocessingDays": nullable(WHOLE),
    "lastRunningTime": nullable(EPOCH),
    "amountCalculated": FLAG,
}
EXTENDED = {
    "columnMapping": TEXTS,
    "dateFormat": TEXT,
    "decimalComma": FLAG,
    "filePatterns": TEXTS,
    "everyMinutes": WHOLE,
}
IMPORT: dict[str, Schema] = {
    "id": WHOLE,
    **dict.fromkeys(("creationDate", "modificationDate"), EPOCH),
    "importDate": nullable(EPOCH),
    **dict.fromkeys(("name", "fileName"), TEXT),
    "fileType": one_of(FileType.values),
    "owner": record({"id": WHOLE, "entityType": nullable(WHOLE)}),
    "partnerDatasourceId": nullable(WHOLE),
    **dict.fromkeys(("rows", "rowsOk", "rowsWithErrors", "rowsSkipped"), WHOLE),
    "state": {
        **one_of(ImportState.values),
        "description": "; ".join(f"{state.value} {state.label}" for state in ImportState),
    },
    "percentageProcessed": {"type": "number"},
    "totalToProcess": nullable(WHOLE),
    "url": TEXT,
    "fileImportType": nullable(TEXT),
    "fileSize": WHOLE,
    "reason": TEXT,
    "unknownColumns": listing(TEXT),
}


def schemas() -> dict[str, Schema]:
    return {
        "context": context(),
        "signin": create_schema(forms.SIGN_IN),
        "datasource": record({**SOURCE, **{name: EXTENDED[name] for name in EXTENSIONS}}, required=SOURCE),
        "datasource.write": create_schema(forms.DATA_SOURCE),
        "email": record({"email": TEXT, "active": FLAG}),
        "email.write": create_schema(forms.EMAIL),
        "import": record(IMPORT),
        "run": record({"id": WHOLE, "state": one_of(RunState.values), "partnerDatasourceId": WHOLE}),
        "test": tested(),
        "thalamus.error": errors(),
    }


def context() -> Schema:
    link = record({"ref": one_of(PAGES), "href": TEXT})
    profile = record({**dict.fromkeys(NOBODY, nullable(TEXT)), "me": FLAG, "urlAvatar": TEXT})
    return record(
        {"links": listing(link), "activities": listing({}), "lastInboxMessages": NULL, "simpleProfile": profile}
    )


def tested() -> Schema:
    members = {
        "name": TEXT,
        "size": nullable(WHOLE),
        "modified": nullable(EPOCH),
        "processorType": nullable(WHOLE),
        "willImport": FLAG,
        "reason": TEXT,
    }
    return record({"found": WHOLE, "files": listing(record(members, required=("name", "willImport", "reason")))})


def written(**entity: Schema) -> Schema:
    return record({"context": ref("context"), **entity})


def errors() -> Schema:
    """Return the errors of a request: by key a code and under `execution.<key>` a sentence; or a status's own two."""
    table = "\n".join(f"- `{code}`: {text}" for code, text in CODES.items())
    by_key = {"type": "object", "additionalProperties": TEXT, "minProperties": 2, "description": table}
    return record({"errors": {**by_key, "x-codes": dict(CODES)}})


def error(status: int) -> Schema:
    if status in (400, 403, 409):
        return ref("thalamus.error")
    phrase = HTTPStatus(status).phrase.upper().replace(" ", "_")
    own = record({"error.message": {"const": phrase}, "error.code": {"const": str(status)}})
    return record({"errors": own})
