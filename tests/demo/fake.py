"""A tiny connector over http.server: right by itself, and wrong wherever a test asks it to be."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

TOKEN = "a-token"
PRODUCT = "source-1-product-00000000000000000000000000000000"
COLUMNS = {"sku": "text", "name": "text", "price": "number", "color": "text", "status": "text", "categories": "text"}

# What is about to be answered: method, path, status, headers, body. A test changes it in place.
Reply = dict[str, Any]


def field(name: str, kind: str = "text", parent: str = "product", **overrides: Any) -> dict[str, Any]:
    whole = {"id": None, "treekey": f"{parent}.{name}", "value": None, "type": kind, "multiple": False}
    whole |= {"date_format": None, "required": False, "functions": [], "primary_key": False, "foreign_key": None}
    return whole | {"bool_settings": None, "name": name, "description": ""} | overrides


def entity(*fields: dict[str, Any]) -> dict[str, Any]:
    names = {"entity_name": "product", "treekey": "product", "endpoint_url": "/entity/product"}
    return names | {"entity_token": PRODUCT, "fields": list(fields)}


def layout() -> list[dict[str, Any]]:
    fields = [field(name, kind, primary_key=name == "sku") for name, kind in COLUMNS.items()]
    fields[-1]["multiple"] = True
    return [entity(*fields)]


class Store:
    """The products, and which answer every request gets."""

    def __init__(self) -> None:
        self.records: dict[str, Any] = {}
        self.repeats: set[tuple[str, bytes]] = set()

    def answer(self, method: str, path: str, headers: Any, body: bytes) -> tuple[int, Any]:
        spelled, _, query = path.partition("?")
        route = "/".join(part for part in spelled.split("/") if part)
        if route in {"health/live", "health/ready"}:
            return 200, {}
        if headers["Auth-Token"] != TOKEN:
            return 401, {}
        if headers["Content-Type"] == "text/plain":
            return 415, {}
        handler = getattr(self, f"{method}_{route.replace('/', '_')}".lower(), None)
        if handler:
            return handler(headers, body, parse_qs(query))
        known = {"entity/product": 405, "entity/no_such_entity": 400}
        return known.get(route, 404), {}

    def get_datalayout(self, *_: Any) -> tuple[int, Any]:
        return 200, {"data_layout": layout()}

    def post_entity_product(self, headers: Any, body: bytes, _: Any) -> tuple[int, Any]:
        record = parse(body)
        if record is None or headers["Entity-Token"] != PRODUCT:
            return 400, {}
        key, repeat = record["sku"], (str(headers["Process-Id"]), body)
        if key in self.records and (headers["Process-Id"] is None or repeat not in self.repeats):
            return 409, {}
        self.repeats.add(repeat)
        self.records[key] = {name: value for name, value in record.items() if name in COLUMNS}
        return 201, {"sku": key}

    def put_entity_product(self, headers: Any, body: bytes, _: Any) -> tuple[int, Any]:
        if headers["Entity-Id"] not in self.records:
            return 400, {}
        self.records[headers["Entity-Id"]] |= parse(body)
        return 200, {}

    def delete_entity_product(self, headers: Any, *_: Any) -> tuple[int, Any]:
        found = self.records.pop(headers["Entity-Id"], None)
        return 200, {} if found else {"_detail": {"outcome": "absent"}}

    def post_notification(self, *_: Any) -> tuple[int, Any]:
        return 200, {}

    def post_entity_product_set_job(self, _headers: Any, body: bytes, _: Any) -> tuple[int, Any]:
        return (400 if parse(body) is None else 200), {}

    def get_api_sync_total(self, *_: Any) -> tuple[int, Any]:
        return 200, {"total": len(self.records), "per_page": 100}

    def get_api_sync_items(self, _headers: Any, _body: bytes, query: Any) -> tuple[int, Any]:
        page, size = (int(query.get(name, [default])[0]) for name, default in (("page", 1), ("per_page", 100)))
        items = list(self.records.values())[(page - 1) * size : page * size]
        return 200, {"items": items, "_headers": {"Total": str(len(self.records)), "Per-Page": str(size)}}


def parse(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def reply(method: str, path: str, status: int, data: dict[str, Any]) -> Reply:
    phrase = HTTPStatus(status).phrase
    told = phrase if status < 300 or status == 401 else f"{phrase}: something at line 1 column 1"
    detail = data.pop("_detail", {"errors": ["one"]} if status in {400, 409} else {})
    headers = {"Content-Type": "application/json"} | data.pop("_headers", {})
    headers |= {"Allow": "DELETE, POST, PUT"} if status == 405 else {}
    body = {"status": status, "message": told, "detail": detail, "data": data}
    return {"method": method, "path": path, "status": status, "headers": headers, "body": body}


@contextmanager
def connector(change: Callable[[Reply], None] = lambda _: None, *, port: int = 0) -> Iterator[str]:
    """Serve a connector, on a free port if none is named, and yield its URL; `change` spoils its replies."""
    store = Store()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def serve(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"] or 0))
            # Not self.path, in which http.server has folded the double slash.
            path = self.requestline.split()[1]
            given = reply(self.command, path, *store.answer(self.command, path, self.headers, sent))
            change(given)
            body = given["body"] if isinstance(given["body"], bytes) else json.dumps(given["body"]).encode()
            self.send_response(given["status"])
            for name, value in given["headers"].items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = serve  # noqa: N815 (http.server's names)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


if __name__ == "__main__":
    with connector(port=int(os.environ["PORT"])):
        signal.pause()
