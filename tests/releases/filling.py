"""A service in the middle of its work: what `python -m tests.releases` dumps, and a later release has to go on with.

It runs in a process of its own, with a database that has nothing but its tables.
"""

from __future__ import annotations

import django

django.setup()

from django.test import Client  # noqa: E402

from connector.edge.tokens import issue  # noqa: E402
from datasources.importing import chunks, work  # noqa: E402
from tests.conftest import Dsync  # noqa: E402
from tests.datasources.files import make_import, sale, sales  # noqa: E402
from tests.sync.writes import accept, dead, write  # noqa: E402

ROWS, ROWS_DONE = 20, 8  # of the file whose import is in the middle
FILE = sales(*[sale(number) for number in range(1, ROWS + 1)])
OF_PAGE = 2
APPLIED = [f"applied-{number}" for number in range(1, 7)]


def fill() -> None:
    """Store what a release may find: records, and deliveries, a walk and an import at every stage."""
    dsync = Dsync(issue(client_name="dsync")[1], Client())
    for number, sku in enumerate(APPLIED):
        write("POST", sku, {"price": number, "name": "Größe"}, is_async=False, process_id="applied")
    write("PUT", "applied-1", {"color": "White"}, is_async=False, process_id="applied")
    write("PUT", "applied-2", {"price": "no number"}, is_async=False, process_id="rejected")
    assert dsync.items("product", f"?per_page={OF_PAGE}").status_code == 200
    for sku in ("deleted-1", "deleted-2"):  # CONNECTOR_DELETE_LIMIT is 1.
        write("POST", sku, is_async=False)
        write("DELETE", sku, is_async=False, process_id="deleted")
    queue()
    begin_import()


def queue() -> None:
    accept("POST", "waiting-1", {"price": 0}, process_id="accepted")
    for price in (1, 2, 3):
        accept("PUT", "waiting-1", {"price": price}, process_id="accepted")
    accept("PUT", "applied-1", {"price": 41}, process_id="accepted")
    accept("POST", "retrying-1", process_id="retrying").retry_later("LookupError")
    accept("PUT", "retrying-1", {"price": 5}, process_id="accepted")
    dead("POST", "dead-1", process_id="dead")
    accept("PUT", "dead-1", {"price": 7}, process_id="behind")


def begin_import() -> None:
    """Import a part of a file."""
    import_ = make_import(FILE)
    chunks.AT_ONCE = ROWS_DONE
    assert not work.go_on(import_.pk, seconds=0)


if __name__ == "__main__":
    fill()
