from __future__ import annotations

import select
import socket
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any

from gunicorn.http.message import Request
from gunicorn.workers.gthread import DEFAULT_WORKER_DATA_TIMEOUT, TConn, ThreadWorker

from connector.serving.clients import Socket
from connector.serving.numbers import BODY, LONGEST, PAUSE, SLOWEST

STAYS = 20  # milliseconds
# For all headers of a request, after the seconds that gunicorn itself waits for the first byte of a connection.
HEADERS = DEFAULT_WORKER_DATA_TIMEOUT + PAUSE


class Worker(ThreadWorker):  # type: ignore[misc]  # It has no types.
    """Keeps its threads for clients that have something to say.

    gunicorn reads headers for as long as they take: as many clients as there are threads, that each begin a request and
    say no more, would stop a worker for ever, and no token is needed for it.

    After `Connection: close` gunicorn waits up to 2 s for the client to hang up, on the one thread that accepts and
    dispatches: sixty clients that do not would stop a worker for two minutes. Threads of their own do that here.

    And it hands a connection back to that thread after each request, and from there to another thread at the next:
    together that costs as much as parsing the request. While there is a thread for each connection, it waits there.
    """

    def init_process(self) -> None:
        self.lingering = ThreadPoolExecutor(16, thread_name_prefix="lingering")
        self.reading: dict[TConn, float] = {}  # Until when the headers, and then the body, must be here.
        # Else each of the twenty that a request asks for is looked up by a function.
        self.cfg.__dict__.update({name: setting.get() for name, setting in self.cfg.settings.items()})
        super().init_process()

    def handle(self, conn: TConn) -> object:
        if not conn.initialized and type(conn.sock) is socket.socket:
            conn.sock = Socket.of(conn.sock)
        while (result := self.handle_one(conn)) is True and self.goes_on(conn):
            continue
        return result

    def handle_one(self, conn: TConn) -> object:
        self.reading[conn] = time.monotonic() + HEADERS
        try:
            return super().handle(conn)
        finally:
            self.reading.pop(conn, None)

    def handle_request(self, req: Request, conn: TConn) -> object:
        length = min(int(dict(req.headers).get("CONTENT-LENGTH") or 0), LONGEST)
        self.reading[conn] = time.monotonic() + BODY + length / SLOWEST
        return super().handle_request(req, conn)

    def murder_pending(self) -> None:
        """Have those who are late with their headers or their body say no more; gunicorn calls this every second.

        What is to be answered them still is: only their side of the connection is shut.
        """
        super().murder_pending()
        now = time.monotonic()
        for conn, until in list(self.reading.items()):
            if until < now:
                with suppress(OSError):  # It hung up meanwhile.
                    conn.sock.shutdown(socket.SHUT_RD)

    def goes_on(self, conn: TConn) -> bool:
        """Tell whether the next request of a connection has come, or comes at once."""
        if not self.alive or self.nr_conns > self.cfg.threads or self.cfg.is_ssl:
            return False
        if conn.parser.unreader.buf.getvalue():
            return True
        poll = select.poll()
        poll.register(conn.sock, select.POLLIN)
        return bool(poll.poll(STAYS)) and self.alive

    def finish_request(self, conn: TConn, fs: Future[Any]) -> None:
        conn.close = partial(self.lingering.submit, TConn.close, conn)
        super().finish_request(conn, fs)
