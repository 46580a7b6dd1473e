"""The processors of the contract: what the rows of a file become, and the rules that only rows of files have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from datasources.models.data_source import ProcessorType

Columns = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Processor:
    """`owner` is the column that names whose a row is; of `either`, all columns of one entry must be there."""

    entity: str
    pattern: str
    owner: str = ""
    either: tuple[Columns, ...] = ()


SKU: tuple[Columns, ...] = (("partner_sku_code",), ("sku_code_key", "sku_code"))
PROCESSORS = {
    ProcessorType.PARTNER_SALES: Processor("partner_sale", "*sale*", owner="credential_principal", either=SKU),
    ProcessorType.PARTNER_STOCK: Processor("partner_stock", "*stock*", either=SKU),
    ProcessorType.COMPANY: Processor("company", "*compan*"),
    ProcessorType.PHYSICAL_LOCATION: Processor("physical_location", "*location*", owner="owner"),
    ProcessorType.PERSON: Processor("person", "*person*"),
}
OF_ENTITY = {processor.entity: processor for processor in PROCESSORS.values()}


def processor_of(processor_type: int, file_name: str, patterns: Mapping[str, str]) -> Processor | None:
    """Return a file's processor; of 25099 it is told by the file's name, None where no pattern fits."""
    if processor_type != ProcessorType.ALL:
        return PROCESSORS[ProcessorType(processor_type)]
    name = file_name.casefold()
    for kind, processor in PROCESSORS.items():
        if fnmatchcase(name, str(patterns.get(str(int(kind)), processor.pattern)).casefold()):
            return processor
    return None
