"""S3: bucket hosts, TLS, redirects, and proxies of the environment."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from datasources.remote.errors import FolderMissing, OutboundRefused, Unreachable
from datasources.remote.opening import open_remote
from datasources.remote.outbound import vet
from datasources.remote.s3 import endpoint
from tests.datasources.certificates import certificate
from tests.datasources.factories import make_source
from tests.datasources.folders import Bucket, Folder

pytestmark = pytest.mark.django_db


@contextmanager
def http(handler: type[BaseHTTPRequestHandler], certificate: Path | None = None) -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def redirecting(to: str) -> type[BaseHTTPRequestHandler]:
    class Redirecting(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(307)
            self.send_header("Location", to)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: Any) -> None: ...

    return Redirecting


def visited(seen: list[str]) -> type[BaseHTTPRequestHandler]:
    class Visited(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_error(404)

        def log_message(self, *_args: Any) -> None: ...

    return Visited


def test_redirect_to_another_host_is_refused_and_not_followed(settings: Any) -> None:
    seen: list[str] = []
    with http(visited(seen)) as other, http(redirecting(f"http://127.0.0.1:{other}/secret")) as port:
        settings.CONNECTOR_OUTBOUND_ALLOW, settings.CONNECTOR_OUTBOUND_PORTS = ["127.0.0.0/8"], [str(port)]
        source = make_source(data_source_type="S3", host=f"127.0.0.1:{port}", working_directory="/bucket/sales")
        with open_remote(source) as remote, pytest.raises(OutboundRefused):
            list(remote.entries())
    assert seen == []


def test_proxy_of_the_environment_is_not_used(s3: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    s3.put("a.csv", b"1")
    with open_remote(make_source(**s3.source)) as remote:
        assert [entry.name for entry in remote.entries()] == ["a.csv"]


def test_files_of_folders_within_are_not_listed(s3: Bucket) -> None:
    s3.put("a.csv", b"1")
    s3.put("old/b.csv", b"1")
    s3.put("", b"")  # What consoles make for a folder.
    with open_remote(make_source(**s3.source)) as remote:
        assert [entry.name for entry in remote.entries()] == ["a.csv"]


def test_tls_is_insisted_on_outside_of_the_operators_networks() -> None:
    assert endpoint(vet("8.8.8.8", "S3")) == "https://8.8.8.8:443"


@pytest.mark.parametrize("is_trusted", [False, True], ids=["unknown", "of a named authority"])
def test_certificate_is_verified_by_the_authorities_that_are_named(
    tmp_path: Path,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    is_trusted: bool,  # noqa: FBT001 (a table)
) -> None:
    path = certificate(tmp_path / "server.pem")
    if is_trusted:
        monkeypatch.setenv("AWS_CA_BUNDLE", str(path))
    with http(visited([]), path) as port:
        settings.CONNECTOR_OUTBOUND_ALLOW, settings.CONNECTOR_OUTBOUND_PORTS = ["127.0.0.0/8"], [str(port)]
        source = make_source(data_source_type="S3", host=f"127.0.0.1:{port}", working_directory="/bucket/sales")
        expected = (FolderMissing, "no such bucket") if is_trusted else (Unreachable, "No authority")
        with open_remote(source) as remote, pytest.raises(expected[0], match=expected[1]):
            list(remote.entries())


def test_plain_http_is_for_the_operators_own_networks(s3: Folder) -> None:
    assert endpoint(vet(s3.source["host"], "S3")) == f"http://{s3.source['host']}"


def test_host_that_begins_with_the_bucket_is_its_endpoint(s3: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(
        "datasources.remote.s3.vet", lambda host, kind: (asked.append(host), vet(s3.source["host"], kind))[1]
    )
    with open_remote(make_source(**{**s3.source, "host": f"{s3.bucket}.s3.example.com"})):
        assert asked == ["s3.example.com"]
