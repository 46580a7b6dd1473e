"""What the contract lets the bodies of its writes say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from connector.edge.errors import Fault
from datasources.api import readers
from datasources.models import AuthenticationType, DataSourceType, FileImportType, ProcessorType
from partners.fields.field import Field
from partners.fields.form import Form
from partners.fields.readers import Reader, flag, text, whole_number
from partners.fields.sent import Sent

LONGEST_KEY = 16 * 1024  # characters of a private key
PASSWORD = text(1024)
ANY_TEXT = Reader(lambda value: value, {"type": "string", "pattern": r"\S"})


@dataclass(frozen=True)
class Kept(Field):
    """A member that may be left out, which `null` does as well: what stands stays, or its default comes back."""

    @property
    def takes_null(self) -> bool:
        return True

    def read(self, value: Any, sent: Sent) -> None:
        if value is None:
            self.absent(sent)
        else:
            super().read(value, sent)


class TouchpointCode(Field):
    """The code of a touchpoint: what is wrong with it has a key and codes of its own."""

    def read(self, value: Any, sent: Sent) -> None:
        if value is None or (isinstance(value, str) and not value.strip()):
            self.absent(sent)
        else:
            super().read(value, sent)

    def absent(self, sent: Sent) -> None:
        sent.add([Fault("partnerDataSource", "TouchpointCodeRequired", f"{self.name} is required.")])


def required(name: str, reader: Reader, named: str = "") -> Field:
    return Field(name, reader, required=True, named=named)


SIGN_IN = Form((required("principal", text(150)), required("password", text(1024))))
EMAIL = Form((required("email", readers.email), required("active", flag)))
DATA_SOURCE = Form(
    (
        required("host", readers.printable(300)),
        required("user", readers.printable(255)),
        required("password", PASSWORD),
        required("workingDirectory", readers.working_directory, "working_directory"),
        required("processorType", readers.number_of(ProcessorType), "processor_type"),
        Field("fileImportType", readers.choice(FileImportType), named="file_import_type"),
        required("authenticationType", readers.choice(AuthenticationType), "authentication_type"),
        required("dataSourceType", readers.choice(DataSourceType), "data_source_type"),
        TouchpointCode("touchpointCode", ANY_TEXT, required=True, named="touchpoint_code"),
        Kept("amountCalculated", flag, default=False, named="amount_calculated"),
        # Extensions: what is absent stays. Secrets read as null, so null must not clear them; "" does.
        Kept("active", flag),
        Kept("privateKeyFile", text(LONGEST_KEY, may_be_blank=True), named="private_key_file"),
        Kept("passphrase", text(1024, may_be_blank=True)),
        Field("region", readers.printable(64, may_be_blank=True)),
        Field("reprocessingDays", whole_number(-1, 3650), named="reprocessing_days"),
        Kept("columnMapping", readers.column_mapping, named="column_mapping"),
        Kept("dateFormat", readers.date_format, named="date_format"),
        Kept("decimalComma", flag, named="decimal_comma"),
        Kept("filePatterns", readers.file_patterns, named="file_patterns"),
        Kept("everyMinutes", whole_number(1, 60 * 24 * 31), named="every_minutes"),
    ),
    read_only=frozenset({"id", "lastRunningTime"}),
)
ABSENT = {"file_import_type": None}  # What a published field is where nothing is said of it.
