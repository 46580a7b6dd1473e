"""Where partners' files are, what became of them, and who is told."""

from __future__ import annotations

from datasources.models.data_source import (
    AuthenticationType,
    DataSource,
    DataSourceType,
    FileImportType,
    ProcessorType,
)
from datasources.models.recipient import Recipient
from datasources.models.run import Run, RunState, Trigger

__all__ = [
    "AuthenticationType",
    "DataSource",
    "DataSourceType",
    "FileImportType",
    "ProcessorType",
    "Recipient",
    "Run",
    "RunState",
    "Trigger",
]
