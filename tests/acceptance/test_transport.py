"""What arrives as bytes: framing, headers and paths, as the deployed server hands them over or refuses them."""

from __future__ import annotations

import json
import select
import socket
import struct
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.web import Answer, Web, received

UNAUTHORIZED = b'{"status":401,"message":"Unauthorized","detail":{},"data":{}}'
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
CHUNKS = b'd\r\n{"sku": "abc"}\r\n0\r\n\r\n'


def enveloped(answer: Answer, status: int) -> Any:
    """Return the parts of an answer that is the envelope of a status."""
    assert (answer.status, answer.headers["Content-Type"]) == (status, "application/json"), answer
    parts = answer.json()
    assert list(parts) == ["status", "message", "detail", "data"]
    assert parts["status"] == status
    return parts


def create(web: Web, key: str, **headers: str | None) -> bytes:
    return web.write("POST", "product", json.dumps({"sku": key}).encode(), Process_Id=key, **headers)


def with_lines(raw: bytes, *lines: bytes) -> bytes:
    """Return a request with further header lines."""
    return raw.replace(b"\r\nConnection", b"".join(b"\r\n" + line for line in lines) + b"\r\nConnection", 1)


def is_stored(web: Web, key: str) -> bool:
    answer = web.ask(web.write("PUT", "product", b"{}", Entity_Id=key))
    assert answer.status in {200, 400}
    return answer.status == 200


@pytest.mark.parametrize("coding", [b"chunked", b"gzip, chunked"])
@pytest.mark.parametrize("path", ["//entity/product", "/notification", "/entity/product/set_job"])
def test_a_chunked_body_needs_a_length(web: Web, key: str, path: str, coding: bytes) -> None:
    raw = web.request("POST", path, None, Entity_Token=web.entity_tokens["product"], Process_Id=key)
    enveloped(web.ask(with_lines(raw, b"Transfer-Encoding: " + coding) + CHUNKS), 411)
    assert web.processed(key) is None


@pytest.mark.parametrize(
    "lines",
    [
        [b"Content-Length: 13", b"Content-Length: 13"],
        [b"Content-Length: 13", b"Content-Length: 4"],
        [b"Content-Length: 13, 13"],
        [b"Content-Length: -1"],
        [b"Content-Length: +13"],
        [b"Content-Length: 0x0d"],
        [b"Content-Length: 13.0"],
        [b"Content-Length: x"],
        [b"Content-Length: " + b"9" * 30],
        [b"Content-Length: 13", b"Transfer-Encoding: chunked"],
        [b"Transfer-Encoding: chunked", b"Content-Length: 13"],
        [b"Content-Length: 13", b"Transfer-Encoding: identity"],
        [b"Transfer-Encoding: xchunked"],
        [b"Transfer-Encoding : chunked"],
        [b"Content-Length : 13"],
    ],
    ids=lambda lines: b" | ".join(lines).decode()[:50],
)
def test_a_body_of_doubtful_length_is_a_bad_request(web: Web, key: str, lines: list[bytes]) -> None:
    raw = web.write("POST", "product", None, Process_Id=key)
    assert web.ask(with_lines(raw, *lines) + b'{"sku": "abc"}'[:13]).status == 400
    assert web.processed(key) is None


def test_a_body_without_a_length_is_no_body(web: Web, key: str) -> None:
    raw = web.write("POST", "product", None, Process_Id=key)
    parts = enveloped(web.ask(raw + b'{"sku": "abc"}'), 400)
    assert parts["detail"]["errors"][0]["code"] == "body_missing"


def test_a_body_cut_by_a_client_that_waits_is_a_bad_request(web: Web, key: str) -> None:
    cut = create(web, key, Content_Length="100")
    parts = enveloped(web.ask(cut, then_close=True), 400)
    assert parts["detail"]["errors"][0]["code"] == "body_cut"
    assert not is_stored(web, key)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_body_cut_by_a_client_that_leaves_is_never_applied(web: Web, key: str, method: str) -> None:
    raw = web.write(method, "product", json.dumps({"sku": key}).encode(), Entity_Id=key, Content_Length="100")
    with web.connected() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.sendall(raw)
    assert web.get("/health/live").status == 200
    assert not is_stored(web, key)


@pytest.mark.parametrize("size", [1024 * 1024 + 1, 2_000_000, 20_000_000])
def test_a_body_over_the_limit_is_answered_before_it_is_read(web: Web, key: str, size: int) -> None:
    raw = web.write("POST", "product", b" " * size, Process_Id=key)
    assert f"{size} bytes; at most 1048576" in enveloped(web.ask(raw), 413)["message"]
    assert web.processed(key) is None


@pytest.mark.parametrize("announced", ["1000000000", "9" * 18])
def test_a_body_is_refused_by_what_it_announces(web: Web, key: str, announced: str) -> None:
    enveloped(web.ask(create(web, key, Content_Length=announced)), 413)


def test_a_strange_token_is_answered_before_a_great_body_is_read(web: Web) -> None:
    raw = web.write("POST", "product", b" " * 20_000_000, Auth_Token="x")
    assert web.ask(raw).content == UNAUTHORIZED


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        "APPLICATION/JSON",
    ],
)
def test_a_body_in_json_is_taken(web: Web, key: str, content_type: str) -> None:
    enveloped(web.ask(create(web, key, Content_Type=content_type)), 201)


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
        "application/json; charset=hex",
        "application/json; charset=zlib",
        "application/json; charset=undefined",
    ],
)
@pytest.mark.parametrize("query", ["", "?x=%31%ff"])
def test_a_body_in_anything_else_is_unsupported(web: Web, key: str, content_type: str | None, query: str) -> None:
    raw = create(web, key, Content_Type=content_type).replace(b" HTTP/1.1", query.encode() + b" HTTP/1.1", 1)
    enveloped(web.ask(raw), 415)
    assert web.processed(key) is None


@pytest.mark.parametrize("charset", ["utf-16", "hex", "zlib", "undefined", "idna", "unicode_escape", "none"])
@pytest.mark.parametrize("path", ["/api/sync/items?per_page=%31&x=%ff", "/nothing?x=%ff"])
def test_a_charset_is_never_applied_to_the_query(web: Web, path: str, charset: str) -> None:
    content_type = f"application/json; charset={charset}"
    answer = web.get(path, Content_Type=content_type, Entity_Token=web.entity_tokens["order"])
    enveloped(answer, 404 if "nothing" in path else 200)


def test_a_packed_body_is_unsupported(web: Web, key: str) -> None:
    enveloped(web.ask(create(web, key, Content_Encoding="gzip")), 415)
    assert web.processed(key) is None


def test_entity_id_in_raw_utf8_finds_its_record(web: Web, key: str) -> None:
    sku = f"Größe-{key}"
    enveloped(web.ask(create(web, sku)), 201)
    enveloped(web.ask(web.write("PUT", "product", b'{"color": "White"}', Entity_Id=sku)), 200)
    extended = f"utf-8''Gr%C3%B6%C3%9Fe-{key}"
    enveloped(web.ask(web.write("DELETE", "product", None, Entity_Id=extended)), 200)


@pytest.mark.parametrize("value", [b"Gr\xf6\xdfe", b"\xff", b"", b" ", b"a\x00b", b"a\x01b", b"a\x7fb", b"a\xc2\x85b"])
def test_entity_id_that_cannot_be_read_is_a_bad_request(web: Web, value: bytes) -> None:
    raw = with_lines(web.write("PUT", "product", b'{"color": "White"}'), b"Entity-Id: " + value)
    assert web.ask(raw).status == 400


def test_a_header_with_an_underscore_is_not_its_twin(web: Web) -> None:
    raw = with_lines(web.request("GET", "/datalayout", None, Auth_Token=None), b"Auth_Token: " + web.token.encode())
    assert web.ask(raw).content == UNAUTHORIZED


def test_a_header_with_an_underscore_does_not_replace_its_twin(web: Web) -> None:
    raw = with_lines(web.request("GET", "/datalayout", None), b"Auth_Token: x")
    assert web.ask(raw).status == 200


@pytest.mark.parametrize("second", ["", "x", "the same"])
def test_two_tokens_are_none(web: Web, second: str) -> None:
    other = web.token if second == "the same" else second
    raw = with_lines(web.request("GET", "/datalayout", None), b"Auth-Token: " + other.encode())
    assert web.ask(raw).content == UNAUTHORIZED


@pytest.mark.parametrize("token", [None, "", "x", "x" * 5000, "tökén"], ids=lambda token: str(token)[:10])
def test_a_strange_token_gets_the_same_bytes(web: Web, token: str | None) -> None:
    answer = web.get("/datalayout", Auth_Token=token)  # type: ignore[arg-type]
    assert (answer.status, answer.headers["Content-Type"], answer.content) == (401, "application/json", UNAUTHORIZED)


def test_a_token_that_may_only_read_is_strange_to_a_write(web: Web, key: str) -> None:
    assert web.ask(create(web, key, Auth_Token=web.reading_token)).content == UNAUTHORIZED


@pytest.mark.parametrize(
    "path",
    [
        "/entity/%00",
        "/entity/a%00b",
        "/entity/%ff",
        "/entity/%0a",
        "/entity/a%0d%0ab",
        "/entity/PRODUCT",
        "/entity/%25",
    ],
)
def test_an_entity_of_a_strange_name_is_a_bad_request(web: Web, key: str, path: str) -> None:
    raw = web.request("POST", path, b"{}", Entity_Token=web.entity_tokens["product"], Process_Id=key)
    assert enveloped(web.ask(raw), 400)["detail"]["errors"][0]["code"] == "unknown_entity"


def test_an_entity_of_5_000_characters_is_a_bad_request(web: Web) -> None:
    enveloped(web.ask(web.request("POST", "/entity/" + "x" * 5000, b"{}")), 400)


@pytest.mark.parametrize(
    "path", ["/datalayout%00", "/%ff", "/" + "x" * 5000, "/entity/product/%00", "/..%2fdatalayout"]
)
def test_an_address_that_no_contract_knows_is_not_found(web: Web, path: str) -> None:
    enveloped(web.get(path), 404)


@pytest.mark.parametrize("path", ["/datalayout", "//datalayout", "//datalayout//", "/datalayout/", "/datalayout%2f"])
def test_slashes_do_not_matter(web: Web, path: str) -> None:
    enveloped(web.get(path), 200)


def test_a_whole_address_as_a_proxy_sends_it_is_taken(web: Web) -> None:
    enveloped(web.get(f"http://127.0.0.1:{web.port}/datalayout"), 200)


@pytest.mark.parametrize("host", ["evil.example", "", "127.0.0.1.evil.example", "a b"])
def test_a_wrong_host_is_a_bad_request(web: Web, host: str) -> None:
    assert web.get("/datalayout", Host=host).status == 400


def test_a_wrong_host_is_told_in_the_envelope(web: Web) -> None:
    assert enveloped(web.get("/datalayout", Host="evil.example"), 400)["detail"]["errors"][0]["treekey"] == "Host"


@pytest.mark.parametrize(("count", "statuses"), [(80, {200}), (150, {400, 431}), (5000, {400, 431})])
def test_very_many_headers_are_refused_by_the_server(web: Web, count: int, statuses: set[int]) -> None:
    assert web.get("/datalayout", **{f"X_{number}": "x" for number in range(count)}).status in statuses


@pytest.mark.parametrize("length", [9_000, 100_000])
def test_a_very_long_header_is_refused_by_the_server(web: Web, length: int) -> None:
    assert web.get("/datalayout", X="x" * length).status in {400, 431}


@pytest.mark.parametrize("length", [9_000, 100_000])
def test_a_very_long_address_is_refused_by_the_server(web: Web, length: int) -> None:
    assert web.get("/" + "x" * length).status in {400, 414}


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "PATCH", "GET", "PROPFIND"])
def test_a_wrong_method_is_told_the_right_ones(web: Web, method: str) -> None:
    answer = web.ask(web.request(method, "/entity/product", None))
    enveloped(answer, 405)
    assert answer.headers["Allow"] == "POST, PUT, DELETE"


@pytest.mark.parametrize(("path", "status"), [("/entity/product", 405), ("/datalayout", 200), ("/nothing", 404)])
def test_head_has_no_body(web: Web, path: str, status: int) -> None:
    answer = web.ask(web.request("HEAD", path, None), method="HEAD")
    assert (answer.status, answer.content, answer.headers["Content-Type"]) == (status, b"", "application/json")


@pytest.mark.parametrize("header", ["X_HTTP_Method_Override", "X_Method_Override", "X_HTTP_Method"])
def test_a_method_cannot_be_overridden(web: Web, key: str, header: str) -> None:
    enveloped(web.ask(create(web, key, **{header: "DELETE"})), 201)


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "application/json;q=0"])
def test_every_answer_is_json_whatever_is_accepted(web: Web, accept: str) -> None:
    enveloped(web.get("/datalayout", Accept=accept), 200)
    enveloped(web.get("/nothing", Accept=accept), 404)


def test_a_client_that_waits_to_be_told_to_continue_is_told(web: Web, key: str) -> None:
    enveloped(web.ask(create(web, key, Expect="100-continue")), 201)


def test_a_body_that_nobody_reads_is_no_second_request(web: Web, key: str) -> None:
    smuggled = create(web, key)
    raw = web.request("POST", "/nothing", smuggled)
    assert web.ask(raw).status == 404
    assert web.processed(key) is None


def test_what_is_no_http_is_refused_by_the_server(web: Web) -> None:
    assert web.ask(b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n").status == 400


@pytest.mark.parametrize(
    "raw",
    [b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", b"GET /" + b"x" * 9_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n"],
    ids=["no HTTP", "long address"],
)
def test_what_the_server_itself_refuses_is_answered_in_the_envelope(web: Web, raw: bytes) -> None:
    answer = web.ask(raw)
    assert (enveloped(answer, answer.status)["detail"], answer.headers["X-Content-Type-Options"]) == ({}, "nosniff")


@pytest.mark.parametrize("path", ["/datalayout", "/nothing", "/health/live", "/v1/hood/partners", "//entity/product"])
def test_every_answer_tells_browsers_to_keep_and_load_nothing(web: Web, path: str) -> None:
    answer = web.get(path, Auth_Token="x")
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert "Strict-Transport-Security" not in answer.headers  # It came without TLS.


def test_clients_that_do_not_hang_up_after_their_answer_delay_nobody(web: Web) -> None:
    with ExitStack() as stack:
        for _ in range(6):
            connection = stack.enter_context(web.connected(patience=1))
            connection.sendall(web.request("GET", "/health/live", None))
            assert received(connection).status == 200


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """A server of two threads that has little patience."""
    patience = {"CONNECTOR_SOCKET_SECONDS": "1", "CONNECTOR_BODY_SECONDS": "1"}
    web = Web(tmp_path_factory.mktemp("narrow"), WEB_WORKERS="1", WEB_THREADS="2", **patience)
    web.start()
    with closing(web):
        yield web


def test_clients_that_do_not_end_their_headers_stop_nobody(narrow: Web) -> None:
    raw = narrow.request("GET", "/health/live", None)
    with ExitStack() as stack:
        for begun in (raw[:10], raw[:-2]):
            stack.enter_context(narrow.connected()).sendall(begun)
        assert narrow.get("/health/live").status == 200


def test_a_body_that_comes_byte_by_byte_is_cut(narrow: Web, key: str) -> None:
    with narrow.connected() as connection:
        connection.sendall(create(narrow, key, Content_Length="1000"))
        while not is_readable(connection, seconds=0.1):  # It never pauses for as long as a client may.
            connection.sendall(b" ")
        parts = enveloped(received(connection), 400)
    assert parts["detail"]["errors"][0]["code"] == "body_cut"
    assert not is_stored(narrow, key)


def test_bodies_that_do_not_end_delay_nobody_for_long(narrow: Web, key: str) -> None:
    with ExitStack() as stack:
        for number in range(20):
            begun = create(narrow, f"{key}{number}", Content_Length="1000")
            stack.enter_context(narrow.connected()).sendall(begun)
        assert narrow.get("/health/live").status == 200


def test_a_busy_connection_does_not_keep_its_thread_from_another(tmp_path: Path) -> None:
    web = Web(tmp_path, WEB_WORKERS="1", WEB_THREADS="1")
    web.start()
    raw = web.request("GET", "/health/live", None, Connection="keep-alive")
    with closing(web), web.connected() as busy, web.connected() as other:
        assert answered(busy, raw)
        other.sendall(raw)
        assert any(answered(busy, raw) and is_readable(other) for _ in range(200))


def answered(connection: socket.socket, raw: bytes) -> bool:
    connection.sendall(raw)
    return received(connection).status == 200


def is_readable(connection: socket.socket, *, seconds: float = 0) -> bool:
    return bool(select.select([connection], [], [], seconds)[0])


def test_the_log_of_the_server_tells_no_secret_and_no_payload(web: Web, key: str) -> None:
    marked = f"payload-{key}"
    web.ask(web.write("POST", "product", json.dumps({"sku": marked}).encode()))
    web.ask(web.write("POST", "product", b'{"sku": "%s", "price": "%s"}' % (marked.encode(), marked.encode())))
    web.ask(web.write("PUT", "product", b"{", Entity_Id=marked))
    web.get(f"/api/sync/items?page={marked}", Entity_Token=marked)
    web.get("/datalayout", Auth_Token=marked)
    web.get(f"/nothing/{marked}?token={marked}", Host="evil.example")
    web.get("/datalayout", Auth_Token=f"{marked}\x01")
    web.ask(with_lines(web.request("GET", "/datalayout", None), f"Auth-Token{marked}: x".encode(), b"\x00: x"))
    web.ask(f"GET /{marked}{'x' * 9_000} HTTP/1.1\r\nHost: a\r\nAuth-Token: {marked}\r\n\r\n".encode())
    web.ask(f"GET /{marked} {marked} HTTP/1.1\r\n{marked}\r\n\r\n".encode())
    web.ask(f"GET http://{marked}@[::1/?token={marked} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    web.ask(with_lines(web.request("GET", "/datalayout", None), f"Expect: {marked}".encode()))
    secrets = [web.token, web.reading_token, marked, *web.entity_tokens.values()]
    assert "request_finished" in web.log
    assert [secret for secret in secrets if secret in web.log] == []
    assert "request_refused: ExpectationFailed at " in web.log
