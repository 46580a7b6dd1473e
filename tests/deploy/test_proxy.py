"""The proxy hides what is for those inside, however its address is written, and names the client as it has seen it."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.acceptance.local_stack import free_port
from tests.deploy.manifests import CHECK, DEPLOY, resources
from tests.sync.writes import wait_until

FORWARDED = ("X-Forwarded-For", "X-Forwarded-Proto")
INSIDE = ("/metrics", "/health/ready")
SPELLINGS = [
    *("/metrics", "//metrics", "/metrics/", "/metrics//", "/%6detrics", "///metrics?x=1"),
    *("/health/ready", "/health//ready", "//health/ready/", "/health/ready//", "/health%2Fready", "/health/read%79"),
]


class Web(BaseHTTPRequestHandler):
    """Answers everything, as a web server that hides nothing would, with what was forwarded."""

    def do_GET(self) -> None:
        told = ";".join(self.headers.get_all(name, [""])[0] for name in FORWARDED).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, *_args: Any) -> None:
        pass


@contextmanager
def web() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Web)
    Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@contextmanager
def caddy(folder: Path, port: int, behind: int) -> Iterator[None]:
    """Serve by the Caddyfile without TLS, and without Caddy's own port of administration."""
    program = shutil.which("caddy", path=CHECK["PATH"])
    if not program:
        pytest.skip("not checked: no caddy here; requirements-dev.txt has one for Linux")
    environment = {
        "HOME": str(folder),
        "CONNECTOR_HOST": f"http://127.0.0.1:{port}",
        "CONNECTOR_WEB": "127.0.0.1",
        "CONNECTOR_WEB_PORT": str(behind),
    }
    command = [program, "adapt", "--config", str(DEPLOY / "Caddyfile")]
    settings = json.loads(subprocess.run(command, check=True, capture_output=True, env=environment).stdout)
    (folder / "caddy.json").write_text(json.dumps({**settings, "admin": {"disabled": True}}))
    command = [program, "run", "--config", str(folder / "caddy.json")]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        yield
        process.terminate()


def status(port: int, path: str) -> int | None:
    """Return how a path as it is written is answered; None while nobody does."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    port = free_port()
    with web() as behind, caddy(tmp_path_factory.mktemp("caddy"), port, behind):
        wait_until(lambda: status(port, "/health/live") == 200, seconds=30)
        yield port


@pytest.mark.parametrize("path", SPELLINGS)
def test_caddy_hides_what_is_for_those_inside(proxy: int, path: str) -> None:
    assert status(proxy, path) == 404


@pytest.mark.parametrize(
    "path", ["/health/live", "//entity/product", "/admin/", "/process/metrics", "/health/readyness"]
)
def test_caddy_hides_nothing_else(proxy: int, path: str) -> None:
    assert status(proxy, path) == 200


def test_caddy_forwards_nothing_that_a_client_says_of_itself(proxy: int) -> None:
    connection = HTTPConnection("127.0.0.1", proxy, timeout=5)
    connection.request("GET", "/datalayout", headers={"X-Forwarded-For": "203.0.113.1", "X-Forwarded-Proto": "https"})
    assert connection.getresponse().read() == b"127.0.0.1;http"
    connection.close()


def test_ingress_leads_what_is_for_those_inside_to_nobody() -> None:
    (ingress,) = resources("Ingress")
    paths = {each["path"]: each for rule in ingress["spec"]["rules"] for each in rule["http"]["paths"]}
    assert set(paths) == {"/", *INSIDE}
    assert {each["pathType"] for each in paths.values()} == {"Prefix"}  # With and without what may follow a slash.
    selectors = {service["metadata"]["name"]: service["spec"].get("selector") for service in resources("Service")}
    led = {path: selectors[each["backend"]["service"]["name"]] for path, each in paths.items()}
    assert led == {"/": selectors["web"], "/metrics": None, "/health/ready": None}
