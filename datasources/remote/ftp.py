"""Folders on FTP servers, under TLS where the server offers it.

A certificate that an authority vouches for is asked for again ever after; any other one is pinned, as keys of SFTP
servers are. A server that once spoke TLS is not talked to without it.
"""

from __future__ import annotations

import ftplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from datasources.models import DataSource
from datasources.remote.entries import Entry, wire
from datasources.remote.errors import FileGone, FolderMissing, LoginRefused, Unreachable
from datasources.remote.ftp_control import Control
from datasources.remote.ftp_listing import of_line, of_reply
from datasources.remote.identity import changed, pin
from datasources.remote.outbound import Vetted, vet
from datasources.remote.patience import LISTING, Lines

BLOCK = 256 * 1024
LONGEST_LINE = 8 * 1024  # of a listing; what is longer is no line of a file.
Reading = Callable[[str, str], Entry | None]
VERIFIED = "tls:verified"
FAILURES = (OSError, EOFError, ftplib.Error)


class FtpFolder:
    def __init__(self, source: DataSource) -> None:
        self.folder = wire(source.working_directory)
        with told():
            self.control = connect(source, vet(source.host, source.data_source_type))
        try:
            self.enter(source)
        except BaseException:
            self.close()
            raise

    def enter(self, source: DataSource) -> None:
        with told():
            try:
                self.control.login(wire(source.user), wire(source.password), secure=False)
            except ftplib.error_perm as exc:
                raise LoginRefused("The server refuses the user or the password.") from exc
            if isinstance(self.control.sock, ssl.SSLSocket):
                self.control.protect()
            try:
                self.control.cwd(self.folder)
            except ftplib.error_perm as exc:
                raise FolderMissing("There is no such working directory.") from exc
            self.control.voidcmd("TYPE I")

    def entries(self) -> Iterator[Entry]:
        with told():
            try:
                yield from self.read_listing("MLSD", of_reply)
            except ftplib.error_perm:  # An older server, such as vsftpd.
                yield from self.read_listing("LIST", of_line)

    def read_listing(self, command: str, read: Reading) -> Iterator[Entry]:
        with closing(self.control.transfercmd(command)) as conn:
            lines = Lines(conn, LISTING)
            while line := lines.readline(LONGEST_LINE):
                entry = read(self.folder, line.rstrip("\r\n"))
                if entry is not None:
                    yield entry
        self.control.voidresp()

    def look(self, path: str) -> Entry:
        """Return how a file is now; one that a server without MLST cannot tell the time of is told by its listing."""
        with told():
            try:
                reply = self.control.sendcmd(f"MLST {path}")
            except ftplib.error_perm as exc:
                return self.look_in_listing(path, exc)
        facts = reply.splitlines()[1].strip() if "\n" in reply else ""
        found = of_reply(self.folder, facts.partition(" ")[0] + " " + path.rpartition("/")[2])
        if found is None:
            raise FileGone("It is no file any more.")
        return found

    def look_in_listing(self, path: str, exc: ftplib.error_perm) -> Entry:
        found = next((entry for entry in list(self.entries()) if entry.path == path), None)
        if found is None:
            raise FileGone("It vanished before it was fetched.") from exc
        return found

    def read(self, entry: Entry, offset: int) -> Iterator[bytes]:
        with told():
            try:
                conn = self.control.transfercmd(f"RETR {entry.path}", rest=offset or None)
            except ftplib.error_perm as exc:
                raise FileGone("It vanished before it was fetched, or may not be read.") from exc
            with closing(conn):
                while block := conn.recv(BLOCK):
                    yield block
            self.control.voidresp()

    def close(self) -> None:
        self.control.close()


def connect(source: DataSource, vetted: Vetted) -> Control:
    """Return a connection to the server that is known; nothing secret has been sent yet."""
    try:
        return greet(source, Control(vetted, verified=True), VERIFIED)
    except ssl.SSLCertVerificationError:
        if source.host_key == VERIFIED:
            raise changed() from None
        return greet(source, Control(vetted, verified=False), "")


def greet(source: DataSource, control: Control, identity: str) -> Control:
    try:
        control.dial()
        if control.offer():
            pin(source, identity or f"tls:sha256:{control.certificate().hex()}")
        elif source.host_key is not None:
            raise changed()
    except BaseException:
        control.close()
        raise
    return control


@contextmanager
def told() -> Iterator[None]:
    """Tell what a library raises as what it means; certificates that do not hold are for `connect` to judge."""
    try:
        yield
    except (ssl.SSLCertVerificationError, ftplib.error_perm):
        raise
    except FAILURES as exc:
        raise Unreachable("The server fell silent, or cut the connection.") from exc
    except ValueError as exc:  # ftplib's, of a line break in a name.
        raise FileGone("Its name cannot be asked for.") from exc
