"""Whom a stack dials with a secret: partners' servers, the mail server, Dsync and the webhook of alerts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import AuthResult

from tests.acceptance.local_stack import free_port
from tests.datasources.ftp_server import ftp_server
from tests.datasources.sftp_server import sftp_server
from tests.sync.push.remote import Remote, serving

NOBODY = 1  # A port on which nobody listens.
MAIL_PASSWORD = "password-of-the-mail-server"
HOOK_TOKEN, HOOK_SECRET = "token-in-the-url-of-the-hook", "secret-that-signs-the-hook"
FILE = "transactionId,{0}\n{0},{0}\n"


@dataclass
class Others:
    """Where they are, and what came to those that refuse all."""

    ftp: int
    sftp: int
    mail: int
    dsync: Remote
    hook: Remote
    sign_ins: list[Any] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "CONNECTOR_OUTBOUND_ALLOW": "127.0.0.0/8",
            "CONNECTOR_OUTBOUND_PORTS": f"{self.ftp},{self.sftp},{NOBODY}",
            "CONNECTOR_ALERT_EMAILS": "operator@example.com",
            "CONNECTOR_ALERT_WEBHOOK_URL": f"{self.hook.url}/{HOOK_TOKEN}",
            "CONNECTOR_ALERT_WEBHOOK_SECRET": HOOK_SECRET,
            "CONNECTOR_PUSH_URL": self.dsync.url,
            "EMAIL_URL": f"smtp://mailer:{MAIL_PASSWORD}@127.0.0.1:{self.mail}",
        }


@contextmanager
def answering(folder: Path, mark: str) -> Iterator[Others]:
    """Have partners' servers with one file, and Dsync, a hook and a mail server that take nothing."""
    (folder / "sales").mkdir()
    (folder / "sales" / "sales.csv").write_text(FILE.format(mark))
    with ExitStack() as ends:
        ports = ends.enter_context(ftp_server(folder)), ends.enter_context(sftp_server(folder))
        refusing = [ends.enter_context(serving(Remote())) for _ in range(2)]
        for remote in refusing:
            remote.answers(403)
        others = Others(*ports, free_port(), *refusing)
        mail = Controller(Sink(), "127.0.0.1", others.mail, **refusing_sign_ins(others.sign_ins))
        mail.start()
        ends.callback(mail.stop)
        yield others


def refusing_sign_ins(seen: list[Any]) -> dict[str, Any]:
    def refuse(*told: Any) -> AuthResult:
        seen.append(told[-1])
        return AuthResult(success=False, handled=False)

    return {"auth_require_tls": False, "authenticator": refuse}
