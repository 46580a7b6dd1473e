"""The mails about runs and uploads: what came of every file, its first faults, and where the rest is to be found."""

from __future__ import annotations

import smtplib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string

from connector.edge.logs import outline
from datasources.models import DataSource, Import, ImportState, Reject, Run

log = structlog.get_logger(__name__)

FOR_GOOD = 500  # A server's answer from there on will be the same tomorrow.
SHOWN_FILES = 50
SHOWN_FAULTS = 5  # of a file
NOBODY = "Nobody is to be told."
NOTHING = "Nothing was imported, so there is nothing to tell."


class NotSent(Exception):
    """The mail server did not take the mails."""


@dataclass
class Told:
    """A file as a mail tells of it."""

    row: Import
    faults: Sequence[Reject]

    @property
    def state(self) -> str:
        return ImportState(self.row.state).label.partition(":")[0]

    @property
    def url(self) -> str:
        """Where its results are; empty where it has none, or nobody has said what our address is."""
        home = settings.CONNECTOR_LINKS_URL
        return f"{home}/api/v4/import/{self.row.pk}/results" if home and self.row.delimiter else ""


def tell(run: Run) -> str:
    """Send the mails that a run is worth, one to each address, and return what became of them; raise NotSent."""
    if not run.imports.exists() and not run.has_paused:
        return NOTHING
    if not settings.EMAIL_URL_IS_SET:
        return "EMAIL_URL is not set, so no mail was sent."
    addresses = addressees(run)
    if not addresses:
        return NOBODY
    refused = send(mails_about(run, addresses))
    sent = f"Sent to {len(addresses) - refused}."
    return f"{sent} The mail server refuses {refused} of the addresses." if refused else sent


def addressees(run: Run) -> list[str]:
    """Return the partner's active addresses; the operator's too, where a source was paused."""
    if run.partner is None:
        return []
    found = list(run.partner.recipients.filter(active=True).order_by("pk").values_list("email", flat=True))
    operators = settings.CONNECTOR_OPERATOR_EMAILS if run.has_paused else []
    return list(dict.fromkeys([*found, *operators]))


def mails_about(run: Run, addresses: Iterable[str]) -> list[EmailMultiAlternatives]:
    imports = list(run.imports.order_by("pk"))
    context = {
        "run": run,
        "source": DataSource.objects.without_secrets().filter(runs=run).first(),
        "files": [Told(row, first_faults(row)) for row in imports[:SHOWN_FILES]],
        "more": max(0, len(imports) - SHOWN_FILES),
        "count": len(imports),
        "refused": sum(row.state == ImportState.BAD_FORMAT for row in imports),
        "held": sum(row.state == ImportState.PENDING for row in imports),
        "rows": sum(row.rows for row in imports),
        "rows_ok": sum(row.rows_ok for row in imports),
        "rows_with_errors": sum(row.rows_with_errors for row in imports),
        "rows_skipped": sum(row.rows_skipped for row in imports),
    }
    subject = render_to_string("datasources/report_subject.txt", context).strip()
    text, html = (render_to_string(f"datasources/report.{form}", context) for form in ("txt", "html"))
    made = [EmailMultiAlternatives(subject, text, to=[address]) for address in addresses]
    for number, mail in enumerate(made, start=1):
        mail.attach_alternative(html, "text/html")
        # One that is sent twice has the same id twice, by which mailboxes know it.
        mail.extra_headers = {"Message-ID": f"<run-{run.pk}-{number}@{domain()}>", "Auto-Submitted": "auto-generated"}
    return made


def domain() -> str:
    return str(settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">"))


def first_faults(row: Import) -> list[Reject]:
    if not row.rows_with_errors:
        return []
    return list(row.rejects.faults().order_by("row", "pk")[:SHOWN_FAULTS])


def send(mails: Sequence[EmailMultiAlternatives]) -> int:
    """Send mails, and return of how many the address is refused for good: that keeps no mail from the others."""
    try:
        with get_connection() as connection:
            return sum(not is_sent(connection, mail) for mail in mails)
    except (smtplib.SMTPException, OSError) as exc:
        log.warning("mail_not_sent", **outline(exc))
        raise NotSent(f"The mail server did not take it ({type(exc).__name__}).") from exc


def is_sent(connection: BaseEmailBackend, mail: EmailMultiAlternatives) -> bool:
    try:
        connection.send_messages([mail])
    except smtplib.SMTPRecipientsRefused as exc:
        if any(code < FOR_GOOD for code, _ in exc.recipients.values()):
            raise
        return False
    return True
