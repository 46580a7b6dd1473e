"""Folders on real servers of every kind, of which tests know only that they hold files."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from moto import settings as moto_settings
from moto.s3.models import s3_backends
from moto.server import ThreadedMotoServer

from tests.datasources.cutting import cutting
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
    """A prefix of a bucket of moto's, which is filled without HTTP: ten thousand files are a second."""

    @property
    def bucket(self) -> str:
        return str(self.source["working_directory"].split("/")[1])

    def put(self, name: str | bytes, content: bytes) -> None:
        key = f"sales/{name if isinstance(name, str) else name.decode()}"
        stored().put_object(self.bucket, key, content)

    def remove(self, name: str) -> None:
        stored().delete_object(self.bucket, f"sales/{name}")


def stored() -> Any:
    return s3_backends["123456789012"]["aws"]


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
    moto_settings.S3_IGNORE_SUBDOMAIN_BUCKETNAME = True
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    bucket = f"bucket-{uuid4().hex}"  # What moto holds, it holds for the whole process.
    try:
        with cutting(server.get_host_and_port()[1]) as (port, proxy):
            stored().create_bucket(bucket, "us-east-1")
            folder = f"/{bucket}/sales"
            source = {"data_source_type": "S3", "host": f"127.0.0.1:{port}", "working_directory": folder}
            yield Bucket(source, root, proxy.cuts)
    finally:
        server.stop()


KINDS = {"ftp": ftp_folder, "sftp": sftp_folder, "s3": s3_folder}
