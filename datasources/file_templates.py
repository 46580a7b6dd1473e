"""The empty file of each processor, for partners to fill."""

from __future__ import annotations

from connector.edge.sheets import EXCEL, workbook
from datasources.importing.header import fields_of
from datasources.importing.processors import PROCESSORS
from datasources.models import FileType, ProcessorType
from entities.schema import schemas


def template(processor_type: int, kind: str = FileType.CSV) -> tuple[str, str, bytes]:
    """Return the name, content type and content of a processor's file.

    Raises:
        KeyError: the processor has no file of its own, as 25099 has none.
    """
    processor = PROCESSORS[ProcessorType(processor_type)]
    columns = columns_of(processor_type)
    if kind == FileType.EXCEL:
        return f"{processor.entity}.xlsx", EXCEL, b"".join(workbook([columns]))
    return f"{processor.entity}.csv", "text/csv; charset=utf-8", (",".join(columns) + "\n").encode()


def columns_of(processor_type: int) -> list[str]:
    """Return the names of a file's columns, those first that rows need."""
    processor = PROCESSORS[ProcessorType(processor_type)]
    schema = schemas()[processor.entity]
    needed = {column for way in processor.either for column in way}
    leaves = fields_of(schema).values()
    first = [leaf.name for leaf in leaves if leaf.required or leaf.column in needed]
    return list(dict.fromkeys([*first, *(leaf.name for leaf in leaves)]))
