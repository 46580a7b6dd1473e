"""ftplib's client, made to dial only the addresses that were judged, and to tell who answers."""

from __future__ import annotations

import hashlib
import socket
import ssl
from ftplib import FTP, FTP_TLS, error_perm, parse227, parse229
from typing import Any

from datasources.remote.errors import OutboundRefused, Unreachable
from datasources.remote.outbound import Vetted
from datasources.remote.patience import Lines

SECONDS = 15.0  # of silence
FIRST_DATA_PORT = 1024
MOST_LINES = 1_000  # of an answer


class Control(FTP_TLS):
    """A control connection; names are latin-1 here, so that names of any bytes come and go as they are."""

    def __init__(self, vetted: Vetted, *, verified: bool) -> None:
        super().__init__(timeout=SECONDS, encoding="latin-1", context=context(verified=verified))
        self.vetted = vetted
        self.sealed = False
        self.lines = 0  # of the answer at hand

    def dial(self) -> None:
        """Connect to an address that was judged, in the name that its certificate has to be for."""
        self.host = self.vetted.name
        self.sock = self.vetted.dial()
        self.sock.settimeout(SECONDS)
        self.af = self.sock.family
        self.file = Lines(self.sock)  # type: ignore[assignment]  # It has what ftplib asks of a file.
        self.welcome = self.getresp()

    def offer(self) -> bool:
        """Speak TLS where the server offers it, and tell whether it does."""
        try:
            self.auth()
        except error_perm:
            return False
        self.file = Lines(self.sock)  # type: ignore[assignment, arg-type]
        return True

    def getmultiline(self) -> str:
        """Return an answer, of no more lines than can be told from one without end."""
        self.lines = 0
        return super().getmultiline()

    def getline(self) -> str:
        self.lines += 1
        if self.lines > MOST_LINES:
            raise Unreachable("The server's answer does not end.")
        return super().getline()

    def certificate(self) -> bytes:
        return fingerprint(self.sock)

    def protect(self) -> None:
        """Have data under TLS too; a server that speaks it on this connection alone goes on without."""
        try:
            self.prot_p()
        except error_perm:
            return
        self.sealed = True

    def makepasv(self) -> tuple[str, int]:
        """Return where the data are, which is nowhere but on the host itself."""
        peer = self.peer()
        try:
            host, port = parse229(self.sendcmd("EPSV"), (peer, 0))
        except error_perm:
            host, port = parse227(self.sendcmd("PASV"))
        if host != peer or port < FIRST_DATA_PORT:
            raise OutboundRefused(
                "The server sent us to another host, or to a port that is no data port, for its data."
            )
        return peer, port

    def peer(self) -> str:
        if self.sock is None:
            raise Unreachable("The server cut the connection.")
        return str(self.sock.getpeername()[0])

    def ntransfercmd(self, cmd: str, rest: int | str | None = None) -> tuple[socket.socket, int | None]:
        """Open a data connection; under TLS in the control connection's session, which many servers insist on."""
        conn, size = FTP.ntransfercmd(self, cmd, rest)
        if not self.sealed:
            return conn, size
        session = self.sock.session if isinstance(self.sock, ssl.SSLSocket) else None
        data = self.context.wrap_socket(conn, server_hostname=self.host, session=session)
        if fingerprint(data) != self.certificate():
            data.close()
            raise Unreachable("The data came from somebody else than the server.")
        return data, size


def context(*, verified: bool) -> ssl.SSLContext:
    made = ssl.create_default_context()
    if not verified:  # Its certificate is pinned instead, see `ftp.py`.
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    return made


def fingerprint(conn: Any) -> bytes:
    return hashlib.sha256(conn.getpeercert(binary_form=True) or b"").digest()
