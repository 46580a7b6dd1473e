"""What the query of an import's route asks for: every fault of it is told at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Q

from connector.edge.errors import BadRequest, Fault
from datasources.models import FileType, ImportState, ProcessorType

Read = Callable[[str], Any]
ORDERS = {
    "id": "pk",
    "creationDate": "created_at",
    "modificationDate": "modified_at",
    "importDate": "import_date",
    "name": "name",
    "fileName": "file_name",
    "fileType": "file_type",
    "rows": "rows",
    "rowsOk": "rows_ok",
    "rowsWithErrors": "rows_with_errors",
    "rowsSkipped": "rows_skipped",
    "state": "state",
    "totalToProcess": "total_to_process",
    "fileImportType": "file_import_type",
    "fileSize": "file_size",
    "type": "processor_type",
}
FLAGS = {"true": True, "false": False}
KINDS = {str(kind.value): kind for kind in ProcessorType}
STATES = {str(state.value): state for state in ImportState}
FILE_TYPES = {each.value: each for each in FileType}
MOST_ON_A_PAGE, LAST_PAGE = 1000, 10**6


@dataclass
class Query:
    """The parameters of an address, and what is wrong with them."""

    given: Mapping[str, str]
    faults: list[Fault] = field(default_factory=list)

    def read(self, name: str, reader: Read, rule: str, default: Any = None) -> Any:
        """Return a parameter's value, its default where it is absent or empty."""
        text = self.given.get(name, "")
        if not text:
            return default
        try:
            return reader(text)
        except (KeyError, ValueError):
            self.faults.append(Fault(name, "InvalidFormat", f"{name} must be {rule}."))
            return default

    def one_of(self, name: str, choices: Mapping[str, Any], default: Any = None) -> Any:
        return self.read(name, choices.__getitem__, f"one of: {', '.join(choices)}", default)

    def number(self, name: str, most: int, default: int) -> int:
        return int(self.read(name, lambda text: bounded(text, most), f"a whole number from 1 to {most}", default))

    def require(self, name: str) -> None:
        if not self.given.get(name):
            self.faults.append(Fault(name, "Required", f"{name} is required."))

    def check(self) -> None:
        if self.faults:
            raise BadRequest(faults=self.faults)


@dataclass(frozen=True)
class Asked:
    """Which imports are asked for: a page of those that fit, in an order."""

    fitting: Q
    order: tuple[str, str]
    page: int
    size: int


def asked_imports(given: Mapping[str, str]) -> Asked:
    """Read the parameters of the status list.

    Raises:
        BadRequest
    """
    query = Query(given)
    column = query.one_of("orderBy", ORDERS, "name")
    sign = "" if query.one_of("ascending", FLAGS, default=True) else "-"
    page = query.number("page", LAST_PAGE, 1)
    size = query.number("pageSize", MOST_ON_A_PAGE, 25)
    fitting = fitting_imports(query)
    query.check()
    return Asked(fitting, (f"{sign}{column}", f"{sign}pk"), page, size)


def fitting_imports(query: Query) -> Q:
    fitting = Q()
    kind, state = query.one_of("type", KINDS), query.one_of("state", STATES)
    with_errors = query.one_of("withErrors", FLAGS)
    name = query.read("name", printable, "a text without NUL")
    if kind is not None:
        fitting &= Q(processor_type=kind)
    if state is not None:
        fitting &= Q(state=state)
    if name is not None:
        fitting &= Q(name__icontains=name)
    if with_errors is not None:
        fitting &= Q(rows_with_errors__gt=0) if with_errors else Q(rows_with_errors=0)
    return fitting & between_dates(query)


def between_dates(query: Query) -> Q:
    """Return which days of creation are asked for, both of them inclusive; one date alone asks for nothing."""
    begin = query.read("beginDate", midnight, "a date as yyyy-MM-dd")
    end = query.read("endDate", midnight, "a date as yyyy-MM-dd")
    for name, other in (("beginDate", "endDate"), ("endDate", "beginDate")):
        if query.given.get(name) and not query.given.get(other):
            query.faults.append(Fault(other, "Required", f"{other} is required with {name}."))
    return Q() if begin is None or end is None else Q(created_at__gte=begin, created_at__lt=end + timedelta(days=1))


def asked_upload(given: Mapping[str, str]) -> tuple[str, Query]:
    """Read the parameters of an upload; what is wrong is told with what is wrong with the file."""
    query = Query(given)
    query.require("type")
    name = query.read("name", printable, "a text without NUL", "")
    return name, query


def asked_template(given: Mapping[str, str]) -> tuple[int, FileType]:
    """Read which template is asked for; raise BadRequest."""
    query = Query(given)
    query.require("type")
    kinds = {text: kind for text, kind in KINDS.items() if kind is not ProcessorType.ALL}
    kind = query.one_of("type", kinds, 0)
    file_type = query.one_of("fileType", FILE_TYPES, FileType.CSV)
    query.check()
    return kind, file_type


def asked_results(given: Mapping[str, str]) -> str:
    """Read as what results are asked for, empty for as what the file came; raise BadRequest."""
    query = Query(given)
    file_type = query.one_of("fileType", FILE_TYPES, "")
    query.check()
    return str(file_type)


def bounded(text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= most):
        raise ValueError(text)
    return int(text)


def midnight(text: str) -> datetime:
    if len(text) != len("yyyy-MM-dd"):
        raise ValueError(text)
    return datetime.combine(date.fromisoformat(text), time(), UTC)


def printable(text: str) -> str:
    if "\x00" in text:
        raise ValueError(text)
    return text
