"""PostgreSQL as this service uses it: a connection for each thread, and a COMMIT that is an acknowledgement.

Django's own backend with four differences. Before each request it looks at the socket instead of asking the server
whether a connection is alive: a server that ended it has closed it. A COMMIT that ended with a warning is none.
Statements can be sent together. A text has one index where a second would serve nothing (`schema.py`).
"""

from __future__ import annotations

import select
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from django.db import DataError, IntegrityError
from django.db.backends.postgresql import base
from psycopg import Connection, IsolationLevel, OperationalError
from psycopg.abc import PQGen
from psycopg.errors import Diagnostic
from psycopg.pq import PipelineStatus, TransactionStatus
from psycopg.rows import TupleRow

from connector.edge.postgresql.schema import SchemaEditor

WARNING = "01000"


class NotReplicated(OperationalError):
    """The COMMIT ended before a standby had it: whoever asked must ask again."""


class DurableConnection(Connection[TupleRow]):
    """Takes a COMMIT that ended with a warning for none.

    PostgreSQL commits with a warning when somebody cancels its wait for a synchronous standby. The transaction is
    there, and would be lost with the server.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._warned = False
        self.statements: dict[str, bytes] = {}  # By their text, under which name they are prepared (`exchange.py`).
        self.numbers = count()  # of those names
        self.add_notice_handler(self._note)

    def _note(self, notice: Diagnostic) -> None:
        # One with a context is of somebody's function.
        self._warned = self._warned or (notice.sqlstate == WARNING and notice.context is None)

    def _deallocate(self, name: bytes | None) -> PQGen[None]:
        """Forget the statements of `exchange.py` with those of psycopg, which drops all after a rollback."""
        if name is None:
            self.statements.clear()
        return super()._deallocate(name)

    def commit(self) -> None:
        with self.acknowledged():
            super().commit()

    @contextmanager
    def acknowledged(self) -> Iterator[None]:
        """Raise NotReplicated where the server warned in a block."""
        self._warned = False
        yield
        if self._warned:
            raise NotReplicated("COMMIT ended with a warning")


class DatabaseWrapper(base.DatabaseWrapper):
    SchemaEditorClass = SchemaEditor

    def get_new_connection(self, conn_params: dict[str, Any]) -> DurableConnection:
        self.isolation_level = IsolationLevel.READ_COMMITTED
        try:
            return DurableConnection.connect(**conn_params)
        except OperationalError as exc:
            # Its traceback holds the socket, and itself, until all garbage is collected.
            raise exc.with_traceback(None) from None

    def is_usable(self) -> bool:
        """Tell whether the connection is open at both ends, and idle: then it has nothing to say but that it ended."""
        if self.connection is None or self.connection.closed:
            return False
        wire = self.connection.pgconn
        if wire.transaction_status != TransactionStatus.IDLE or wire.pipeline_status != PipelineStatus.OFF:
            return False
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return not poll.poll(0)


@contextmanager
def pipelined(connection: Any) -> Iterator[None]:
    """Send the statements of a block together; what one of them raises may come at the next, or at the end.

    One that fails before another is parsed ends the connection: psycopg would take the other for prepared.
    """
    with as_one(connection), connection.connection.pipeline():
        yield


@contextmanager
def as_one(connection: Any) -> Iterator[None]:
    """Take a block for one statement: outside a transaction it is committed when the block has ended."""
    try:
        with connection.wrap_database_errors, connection.connection.acknowledged():
            yield
    except (IntegrityError, DataError):  # Those are of statements that were parsed.
        raise
    except BaseException:
        if not connection.in_atomic_block:
            connection.close()
        raise
