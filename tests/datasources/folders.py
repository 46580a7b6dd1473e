"""Folders on real servers of every kind, of which tests know only that they hold files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

from tests.datasources.cutting import Cutting, cutting
from tests.datasources.ftp_server import CuttingFS, ftp_server
from tests.datasources.sftp_server import sftp_server


@dataclass
class Folder:
    """A folder `/sales` on a server: what a data source says of it, and how a test puts files there."""

    source: dict[str, Any]
    local: Path
    cuts: list[int] = field(default_factory=list)

    def put(self, name: str | bytes, content: bytes) -> None:
        path = bytes(self.local) + b"/" + (name if isinstance(name, bytes) else name.encode())
        with open(path, "wb") as file:  # noqa: PTH123 (a name of any bytes)
            file.write(content)

    def remove(self, name: str) -> None:
        (self.local / name).unlink()

    @property
    def port(self) -> int:
        return int(self.source["host"].rpartition(":")[2])


class Bucket(Folder):
    client: Any = None

    def put(self, name: str | bytes, content: bytes) -> None:
        key = f"sales/{name if isinstance(name, str) else name.decode()}"
        self.client.put_object(Bucket="bucket", Key=key, Body=content)

    def remove(self, name: str) -> None:
        self.client.delete_object(Bucket="bucket", Key=f"sales/{name}")


@contextmanager
def ftp_folder(root: Path, **options: Any) -> Iterator[Folder]:
    (root / "sales").mkdir()
    cuts: list[int] = []
    files = type("Files", (CuttingFS,), {"cuts": cuts})
    with ftp_server(root, abstracted_fs=files, **options) as port:
        yield Folder({"data_source_type": "FTP", "host": f"127.0.0.1:{port}"}, root / "sales", cuts)


@contextmanager
def sftp_folder(root: Path) -> Iterator[Folder]:
    (root / "sales").mkdir()
    with sftp_server(root) as server, cutting(server) as (port, proxy):
        yield Folder({"data_source_type": "SFTP", "host": f"127.0.0.1:{port}"}, root / "sales", proxy.cuts)


@contextmanager
def s3_folder(root: Path) -> Iterator[Folder]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, own_port = server.get_host_and_port()
        with cutting(own_port) as (port, proxy):
            source = {"data_source_type": "S3", "host": f"127.0.0.1:{port}", "working_directory": "/bucket/sales"}
            folder = Bucket(source, root, proxy.cuts)
            folder.client = boto3.client("s3", endpoint_url=f"http://{host}:{own_port}", **KEYS)
            folder.client.create_bucket(Bucket="bucket")
            yield folder
    finally:
        server.stop()


KEYS = {"aws_access_key_id": "demo", "aws_secret_access_key": "not-secret", "region_name": "us-east-1"}
KINDS = {"ftp": ftp_folder, "sftp": sftp_folder, "s3": s3_folder}
