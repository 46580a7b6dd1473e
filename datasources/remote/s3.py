"""Folders of S3, of any endpoint, through s3fs, which is fsspec on aiobotocore."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiohttp import ClientError as HttpError
from botocore.exceptions import BotoCoreError, ClientError
from s3fs import S3FileSystem

from datasources.models import DataSource
from datasources.remote import patience
from datasources.remote.entries import Entry, joined, wire
from datasources.remote.errors import (
    FileGone,
    FolderMissing,
    LoginRefused,
    OutboundRefused,
    Unreachable,
    chained,
)
from datasources.remote.outbound import Vetted, vet
from datasources.remote.s3_session import OneHost, OneHostSession

BLOCK = 8 * 1024 * 1024
REFUSED = {"403", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "Forbidden"}


class S3Folder:
    """A prefix of a bucket: the working directory is /bucket/prefix."""

    def __init__(self, source: DataSource) -> None:
        self.folder = wire(source.working_directory)
        bucket = source.working_directory.strip("/").partition("/")[0]
        vetted = vet(source.host.removeprefix(f"{bucket}."), source.data_source_type)
        self.files = S3FileSystem(
            key=source.user,
            secret=str(source.password),
            endpoint_url=endpoint(vetted),
            client_kwargs={"region_name": source.region or "us-east-1"},
            config_kwargs=config(vetted),
            use_listings_cache=False,
            skip_instance_cache=True,
        )

    def entries(self) -> Iterator[Entry]:
        with told(FolderMissing("There is no such bucket.")):
            found = self.list_prefix()
        for info in found:
            name = wire(info["name"]).removeprefix(joined(self.folder.lstrip("/"), ""))
            if info["type"] == "file" and name:
                yield Entry(joined(self.folder, name), info["size"], info["LastModified"])

    def list_prefix(self) -> list[dict[str, Any]]:
        try:
            listed: list[dict[str, Any]] = self.files.ls(
                unwired(self.folder).strip("/"), detail=True, refresh=True, timeout=patience.LISTING
            )
        except FileNotFoundError as exc:
            if exc.__cause__ is not None:  # What S3 itself says; a prefix that nothing begins with is merely empty.
                raise
            return []
        return listed

    def look(self, path: str) -> Entry:
        with told(FileGone("It vanished before it was fetched.")):
            info = self.files.info(unwired(path).lstrip("/"), refresh=True, timeout=patience.ANSWER)
        return Entry(path, info["size"], info["LastModified"])

    def read(self, entry: Entry, offset: int) -> Iterator[bytes]:
        """Yield blocks, each of which is a request of its own, so that nothing hangs on one connection."""
        for start in range(offset, entry.size, BLOCK):
            with told(FileGone("It vanished before it was fetched, or may not be read.")):
                end = min(start + BLOCK, entry.size)
                place = {"start": start, "end": end, "timeout": patience.BLOCK}
                yield self.files.cat_file(unwired(entry.path).lstrip("/"), **place)

    def close(self) -> None:
        """Leave the connections to the session, which closes them where nobody uses it any more."""


def unwired(path: str) -> str:
    return path.encode("latin-1").decode()


def endpoint(vetted: Vetted) -> str:
    host = f"[{vetted.name}]" if ":" in vetted.name else vetted.name
    return f"{'https' if speaks_tls(vetted) else 'http'}://{host}:{vetted.port}"


def speaks_tls(vetted: Vetted) -> bool:
    """Tell whether to insist on TLS: everywhere but in a network of the operator whose server does not know it."""
    if not vetted.is_listed:
        return True
    probe = ssl.create_default_context()
    probe.check_hostname, probe.verify_mode = False, ssl.CERT_NONE  # The session itself verifies.
    try:
        with vetted.dial() as sock, probe.wrap_socket(sock, server_hostname=vetted.name):
            return True
    except OSError:
        return False


def config(vetted: Vetted) -> dict[str, Any]:
    return {
        "s3": {"addressing_style": "path"},  # The bucket is never a part of the host, which alone was judged.
        "connector_args": {"resolver": OneHost(vetted)},
        "http_session_cls": OneHostSession,
        "proxies": {},  # A proxy of the environment would dial in our stead.
        "connect_timeout": 10,
        "read_timeout": 15,
        "retries": {"total_max_attempts": 2},
    }


@contextmanager
def told(missing: Exception) -> Iterator[None]:
    """Tell what a library raises as what it means; `missing` where what was asked for is not there."""
    try:
        yield
    except PermissionError as exc:
        raise LoginRefused("The server refuses the key, the secret, or access to the bucket.") from exc
    except FileNotFoundError as exc:
        raise missing from exc
    except (OSError, BotoCoreError, ClientError, HttpError) as exc:
        if (refused := chained(exc, OutboundRefused)) is not None:
            raise refused from exc
        if chained(exc, ssl.SSLCertVerificationError) is not None:
            raise Unreachable("No authority that is known here vouches for the server's certificate.") from exc
        raise Unreachable("The server cannot be reached, or its answer cannot be read.") from exc
