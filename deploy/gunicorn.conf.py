"""How gunicorn serves the connector, in development and in production: `gunicorn -c deploy/gunicorn.conf.py`."""

import os
import select
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

from gunicorn.workers.gthread import TConn, ThreadWorker

STAYS = 20  # milliseconds


class Worker(ThreadWorker):
    """Lingers over closed connections on threads of its own, and lets a thread stay with a busy connection.

    After `Connection: close` gunicorn waits up to 2 s for the client to hang up, on the one thread that accepts and
    dispatches: sixty clients that do not would stop a worker for two minutes, and no token is needed for it.

    And it hands a connection back to that thread after each request, and from there to another thread at the next:
    together that costs as much as parsing the request. While there is a thread for each connection, it waits there.
    """

    def init_process(self) -> None:
        self.lingering = ThreadPoolExecutor(16, thread_name_prefix="lingering")
        super().init_process()

    def handle(self, conn: TConn) -> object:
        while (result := super().handle(conn)) is True and self.goes_on(conn):
            continue
        return result

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


wsgi_app = "connector.wsgi:application"
bind = f"{os.environ.get('WEB_BIND', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
proc_name = "connector"

# A thread waits for PostgreSQL most of its time, on a connection of its own.
worker_class = Worker
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "16"))

# A worker that hangs as a whole is replaced; one that is told to stop answers what it has taken first.
timeout = 60
graceful_timeout = 30
keepalive = 75  # longer than a proxy keeps an idle connection, so that it never sends into a closed one

# The C parser is taken where it is installed (requirements-parser.txt). Either one passes a header in raw UTF-8 on. A
# header with an underscore is dropped: it would pose as its twin with a hyphen (`Auth_Token`).
http_parser = "auto"
header_map = "drop"
limit_request_line = 8190

# The application logs each request with its id and without its query, see connector/edge/logs.py.
accesslog = None
errorlog = "-"

# The control socket is one name for all servers of a user: two on one machine would get in each other's way.
control_socket_disable = True
