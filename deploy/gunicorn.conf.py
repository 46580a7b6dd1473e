"""How gunicorn serves the connector, in development and in production: `gunicorn -c deploy/gunicorn.conf.py`."""

import os
import sys
from pathlib import Path

from gunicorn import util
from gunicorn.http import RequestParser, wsgi

sys.path.append(str(Path(__file__).resolve().parent.parent))  # Of others' applications, which are served like this too.

from connector.serving.answers import Response, date, write_error
from connector.serving.libraries import read_for
from connector.serving.lines import Lines
from connector.serving.numbers import number
from connector.serving.requests import Unforwarded, environ, finish_body
from connector.serving.worker import Worker

RequestParser.mesg_class, RequestParser.finish_body = Unforwarded, finish_body
wsgi.base_environ, wsgi.Response = environ, Response
util.http_date, util.write_error = date, write_error

wsgi_app = "connector.wsgi:application"
on_starting = read_for(wsgi_app)
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
logger_class = Lines

# The control socket is one name for all servers of a user: two on one machine would get in each other's way.
control_socket_disable = True
