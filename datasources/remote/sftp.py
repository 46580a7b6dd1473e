"""Folders on SFTP servers, through sshfs, which is fsspec on asyncssh."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import asyncssh
from sshfs import SSHFileSystem

from datasources.models import AuthenticationType, DataSource
from datasources.remote import patience
from datasources.remote.entries import Entry, joined, wire
from datasources.remote.errors import FileGone, FolderMissing, LoginRefused, Unreachable
from datasources.remote.identity import changed, pin
from datasources.remote.outbound import vet
from datasources.remote.patience import ANSWER, LISTING, within

BLOCK = 4 * 1024 * 1024  # asyncssh asks for many small pieces of it at once.
CONNECTING = {"connect_timeout": 15, "login_timeout": 15, "keepalive_interval": 5, "keepalive_count_max": 3}
CIPHERS = "^aes128-gcm@openssh.com"  # First of what is well: processors have it built in, and a block costs half.
# Nothing of the machine that we run on takes part: no key, no agent, no configuration.
NOTHING_OF_OURS: dict[str, Any] = {"config": None, "agent_path": None, "gss_kex": False, "gss_auth": False}


class SftpFolder:
    def __init__(self, source: DataSource) -> None:
        self.folder = wire(source.working_directory)
        who = {"username": source.user, "known_hosts": trusted(source), **credentials(source)}
        sock = vet(source.host, source.data_source_type).dial()
        with told_of_login():
            self.files = SSHFileSystem(
                source.host,
                sock=sock,
                sftp_client_kwargs={"path_encoding": "latin-1"},
                skip_instance_cache=True,
                encryption_algs=CIPHERS,
                **who,
                **NOTHING_OF_OURS,
                **CONNECTING,
            )
        try:
            pin(source, host_key(self.files))
        except BaseException:
            self.close()
            raise

    def entries(self) -> Iterator[Entry]:
        with told(), within(LISTING, self.close):
            try:
                found = self.files.ls(self.folder, detail=True)
            except (FileNotFoundError, asyncssh.SFTPError) as exc:
                raise FolderMissing("There is no such working directory, or it may not be listed.") from exc
        for info in found:
            path = joined(self.folder, info["name"].removeprefix(joined(self.folder, "")))
            if info["type"] == "file" and info["size"] is not None:
                yield Entry(path, info["size"], info["mtime"])
            elif info["type"] == "link":
                yield from self.behind(path)

    def behind(self, path: str) -> Iterator[Entry]:
        """Yield the file that a link leads to; one that leads nowhere, or to a folder, is none."""
        try:
            yield self.look(path)
        except FileGone:
            return

    def look(self, path: str) -> Entry:
        with told(), within(ANSWER, self.close):
            try:
                info = self.files.info(path)
            except (FileNotFoundError, asyncssh.SFTPError) as exc:
                raise FileGone("It vanished before it was fetched.") from exc
        if info["type"] != "file" or info["size"] is None:
            raise FileGone("It is no file any more.")
        return Entry(path, info["size"], info["mtime"])

    def read(self, entry: Entry, offset: int) -> Iterator[bytes]:
        with told():
            try:
                with within(ANSWER, self.close):
                    file = self.files.open(entry.path, "rb")
            except (FileNotFoundError, PermissionError, asyncssh.SFTPError) as exc:
                raise FileGone("It vanished before it was fetched, or may not be read.") from exc
            with closing(file):
                file.seek(offset)
                while block := self.block(file):
                    yield block

    def block(self, file: Any) -> bytes:
        with within(patience.BLOCK, self.close):
            return bytes(file.read(BLOCK))

    def close(self) -> None:
        self.files.loop.call_soon_threadsafe(self.files.client.abort)


def trusted(source: DataSource) -> Any:
    """Return the only key that the server may have; None before the first connection, when it may have any."""
    if source.host_key is None:
        return None
    try:
        return [asyncssh.import_public_key(source.host_key)], [], []
    except asyncssh.KeyImportError:  # That of a server of another kind.
        raise changed() from None


def host_key(files: SSHFileSystem) -> str:
    key = files.client.get_server_host_key()
    return " ".join(key.export_public_key("openssh").decode().split()[:2])


def credentials(source: DataSource) -> dict[str, Any]:
    """Return the password alone, or the private key alone."""
    if source.authentication_type == AuthenticationType.PASSWORD:
        ways = ["password", "keyboard-interactive"]
        return {"password": str(source.password), "client_keys": None, "preferred_auth": ways}
    return {"client_keys": [private_key(source)], "preferred_auth": ["publickey"]}


def private_key(source: DataSource) -> asyncssh.SSHKey:
    try:
        return asyncssh.import_private_key(str(source.private_key_file or ""), str(source.passphrase or "") or None)
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError, ValueError):
        raise LoginRefused("The private key cannot be read, or the passphrase is not the key's.") from None


@contextmanager
def told_of_login() -> Iterator[None]:
    with told():
        try:
            yield
        except (PermissionError, asyncssh.PermissionDenied) as exc:
            raise LoginRefused("The server refuses the user, the password or the key.") from exc
        except (asyncssh.HostKeyNotVerifiable, asyncssh.KeyExchangeFailed) as exc:
            raise changed() from exc


@contextmanager
def told() -> Iterator[None]:
    """Tell what a library raises as what it means."""
    try:
        yield
    except (asyncssh.Error, OSError) as exc:
        raise Unreachable("The server fell silent, or cut the connection.") from exc
    except (TypeError, ValueError, OverflowError) as exc:  # The library's, of a file without its kind or of no time.
        raise Unreachable("The server's answer cannot be read.") from exc
