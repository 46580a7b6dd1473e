"""Where partners' files are, what became of them, and who is told."""

from __future__ import annotations

from datasources.models.data_source import (
    AuthenticationType,
    DataSource,
    DataSourceType,
    FileImportType,
    ProcessorType,
)
from datasources.models.import_ import FileType, Import, ImportState
from datasources.models.portion import Portion
from datasources.models.recipient import Recipient
from datasources.models.reject import Reject
from datasources.models.run import Run, RunState, Trigger

__all__ = [
    "AuthenticationType",
    "DataSource",
    "DataSourceType",
    "FileImportType",
    "FileType",
    "Import",
    "ImportState",
    "Portion",
    "ProcessorType",
    "Recipient",
    "Reject",
    "Run",
    "RunState",
    "Trigger",
]
