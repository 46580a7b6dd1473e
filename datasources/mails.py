"""The mails about runs and uploads: what came of every file, its first faults, and where the rest is to be found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from connector.edge import mail
from datasources.models import DataSource, Import, ImportState, Reject, Run

SHOWN_FILES = 50
SHOWN_FAULTS = 5  # of a file
ABOUT = "imports"
NOBODY = "Nobody is to be told."
NOTHING = "Nothing was imported, so there is nothing to tell."


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
    """Send the mails that a run is worth, one to each address, and return what became of them; raise mail.NotSent."""
    if not run.imports.exists() and not run.has_paused:
        return NOTHING
    if not settings.EMAIL_URL_IS_SET:
        return "EMAIL_URL is not set, so no mail was sent."
    addresses = addressees(run)
    if not addresses:
        return NOBODY
    refused = mail.send(mails_about(run, addresses), about=ABOUT)
    sent = f"Sent to {len(addresses) - refused}."
    return f"{sent} The mail server refuses {refused} of the addresses." if refused else sent


def give_up() -> None:
    """Count a run that nobody is told of any more."""
    mail.give_up(ABOUT, 1)


def addressees(run: Run) -> list[str]:
    """Return the partner's active addresses; an operator is told of a paused source by an alert."""
    if run.partner is None:
        return []
    return list(run.partner.recipients.filter(active=True).order_by("pk").values_list("email", flat=True))


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
    return mail.made("datasources/report", context, addresses, name=f"run-{run.pk}")


def first_faults(row: Import) -> list[Reject]:
    if not row.rows_with_errors:
        return []
    return list(row.rejects.faults().order_by("row", "pk")[:SHOWN_FAULTS])
