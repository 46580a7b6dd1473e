"""Sending mails, each to one address: one that is refused for good keeps no mail from the others."""

from __future__ import annotations

import smtplib
from collections.abc import Iterable, Mapping, Sequence

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string

from connector.edge.logs import outline
from connector.edge.metrics.counted import add, counter

log = structlog.get_logger(__name__)

FOR_GOOD = 500  # A server's answer from there on will be the same tomorrow.
told = counter("connector_mails_total", "Mails by what they tell of, and what became of them.", ["about", "result"])


class NotSent(Exception):
    """The mail server did not take the mails."""


def made(
    template: str, context: Mapping[str, object], addresses: Iterable[str], *, name: str
) -> list[EmailMultiAlternatives]:
    """Return a mail to each address, from a template's subject, text and HTML; `name` tells it from all others.

    One that is sent twice has the same id twice, by which mailboxes know it.
    """
    subject = render_to_string(f"{template}_subject.txt", dict(context)).strip()
    text, html = (render_to_string(f"{template}.{form}", dict(context)) for form in ("txt", "html"))
    mails = [EmailMultiAlternatives(subject, text, to=[address]) for address in addresses]
    for number, mail in enumerate(mails, start=1):
        mail.attach_alternative(html, "text/html")
        mail.extra_headers = {"Message-ID": f"<{name}-{number}@{domain()}>", "Auto-Submitted": "auto-generated"}
    return mails


def domain() -> str:
    return str(settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">"))


def send(mails: Sequence[EmailMultiAlternatives], *, about: str) -> int:
    """Send mails, and return of how many the address is refused for good; raise NotSent."""
    answers: list[bool] = []
    try:
        with get_connection() as connection:
            answers.extend(is_sent(connection, mail) for mail in mails)
    except (smtplib.SMTPException, OSError) as exc:
        log.warning("mail_not_sent", **outline(exc))
        raise NotSent(f"The mail server did not take it ({type(exc).__name__}).") from exc
    finally:
        sent, refused = answers.count(True), answers.count(False)
        add(told, about, sent=sent, refused=refused, failed=len(mails) - len(answers), given_up=0)
    return answers.count(False)


def give_up(about: str, number: int) -> None:
    """Count what nobody is told of any more."""
    add(told, about, given_up=number)


def is_sent(connection: BaseEmailBackend, mail: EmailMultiAlternatives) -> bool:
    try:
        connection.send_messages([mail])
    except smtplib.SMTPRecipientsRefused as exc:
        if any(code < FOR_GOOD for code, _ in exc.recipients.values()):
            raise
        return False
    return True
