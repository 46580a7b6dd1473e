"""How gunicorn serves the connector, in development and in production: `gunicorn -c deploy/gunicorn.conf.py`."""

import json
import logging
import os
import select
import socket
import struct
import sys
import time
import traceback
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from importlib import import_module

from gunicorn import util
from gunicorn.http import wsgi
from gunicorn.http.message import Request
from gunicorn.workers.gthread import DEFAULT_WORKER_DATA_TIMEOUT, TConn, ThreadWorker


def number(name: str, text: str, *, least: int = 1) -> int:
    """Return a variable's number; where it is none this ends, and says no more of what it is."""
    if not text.isdecimal() or int(text) < least:
        sys.exit(f"{name} is no whole number from {least}.")
    return int(text)


STAYS = 20  # milliseconds
PAUSE = number("CONNECTOR_SOCKET_SECONDS", os.environ.get("CONNECTOR_SOCKET_SECONDS", "5") or "5")
# For all headers of a request, after the seconds that gunicorn itself waits for the first byte of a connection.
HEADERS = DEFAULT_WORKER_DATA_TIMEOUT + PAUSE
BODY = number(
    "CONNECTOR_BODY_SECONDS", os.environ.get("CONNECTOR_BODY_SECONDS", "20") or "20"
)  # For a body, and a second more for each SLOWEST bytes.
SLOWEST = 16_384
LONGEST = 1024**4  # What is announced beyond is refused unread.


class Socket(socket.socket):
    """A client's socket: one that says or takes nothing for some seconds is taken for closed.

    The system itself sees to that. A time-out of Python's own costs a question to the system before each send and each
    receipt, and so does a mode that is set again; after each of them a busy process waits for its turn.
    """

    @classmethod
    def of(cls, accepted: socket.socket) -> "Socket":
        client = cls(fileno=accepted.detach())
        client.settimeout(None)  # The mode of what was accepted is another, and not known by this object.
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            client.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", PAUSE, 0))
        return client

    def setblocking(self, flag: bool) -> None:  # noqa: FBT001 (as the socket has it)
        if self.getblocking() != flag:
            super().setblocking(flag)

    def recv(self, *args: int) -> bytes:
        try:
            return super().recv(*args)
        except BlockingIOError:
            if self.getblocking():
                return b""
            raise


class Worker(ThreadWorker):
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

    def finish_request(self, conn: TConn, fs: Future) -> None:
        conn.close = partial(self.lingering.submit, TConn.close, conn)
        super().finish_request(conn, fs)


class Response(wsgi.Response):
    """Sends its headers with the beginning of its body: each send costs a busy process a turn of its threads."""

    def write(self, arg: bytes) -> None:
        if self.headers_sent:
            super().write(arg)
            return
        sock, gathered = self.sock, Gathered()
        self.sock = gathered
        try:
            super().write(arg)
        finally:
            self.sock = sock
        sock.sendall(gathered.content)


class Gathered:
    """Takes what would be sent."""

    def __init__(self) -> None:
        self.content = b""

    def sendall(self, content: bytes) -> None:
        self.content += content


wsgi.Response = Response


def write_error(sock: socket.socket, status: int, reason: str, _told: str) -> None:
    """Answer what the server itself refuses as all is answered, in the envelope; what came is not repeated."""
    parts = {"status": status, "message": reason, "detail": {}, "data": {}}
    body = json.dumps(parts, separators=(",", ":"))
    headers = {
        "Connection": "close",
        "Content-Type": "application/json",
        "Content-Length": len(body),
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in headers.items()), "", body]
    util.write_nonblock(sock, "\r\n".join(lines).encode())


util.write_error = write_error


class Unquoted(logging.Filter):
    """Has the server tell the kind and the place of a fault of a request: its own messages quote what came."""

    STARTS = ("Invalid request", "Error handling request", "Socket error")

    def filter(self, record: logging.LogRecord) -> bool:
        fault = sys.exception()
        if fault is not None and str(record.msg).startswith(self.STARTS):
            place = traceback.extract_tb(fault.__traceback__)[-1]
            told = f"request_refused: {type(fault).__name__} at {place.filename}:{place.lineno} {place.name}"
            record.msg, record.args, record.exc_info = told, (), None
        return True


logging.getLogger("gunicorn.error").addFilter(Unquoted())

# Each worker is forked with what the application stands on, reads the application itself in half the time, and shares
# the memory. The application is not read here (`preload_app`): SIGHUP would not have it read anew, with its settings.
for library in ("connector", "celery.app.base", "django.contrib.admin", "httpx", "psycopg", "redis", "structlog"):
    import_module(library)

wsgi_app = "connector.wsgi:application"
bind = f"{os.environ.get('WEB_BIND', '127.0.0.1')}:{number('PORT', os.environ.get('PORT', '8000') or '8000', least=0)}"
proc_name = "connector"

# A thread waits for PostgreSQL most of its time, on a connection of its own.
worker_class = Worker
workers = number("WEB_WORKERS", os.environ.get("WEB_WORKERS", "2") or "2")
threads = number("WEB_THREADS", os.environ.get("WEB_THREADS", "16") or "16")

# A worker that hangs as a whole is replaced; one that is told to stop answers what it has taken first.
timeout = 60
graceful_timeout = 30
keepalive = 75  # longer than a proxy keeps an idle connection, so that it never sends into a closed one

# The C parser is taken where it is installed (requirements-parser.txt). Either one passes a header in raw UTF-8 on. A
# header with an underscore is dropped: it would pose as its twin with a hyphen (`Auth_Token`).
http_parser = "auto"
header_map = "drop"
forwarded_allow_ips = ""  # What proxies say is for the application to believe, which is told of them.
limit_request_line = 8190
limit_request_fields = 100
limit_request_field_size = 8190

# The application logs each request with its id and without its query, see connector/edge/logs.py.
accesslog = None
errorlog = "-"

# The control socket is one name for all servers of a user: two on one machine would get in each other's way.
control_socket_disable = True
