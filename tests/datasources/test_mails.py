"""Mails about runs and uploads, taken by a real SMTP server."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from connector.edge.mail import told
from datasources import runs
from datasources.checks import check_links
from datasources.models import Import, ImportState, Recipient, Reject, Run, RunState, Trigger
from tests.datasources.factories import make_source
from tests.mailbox import Mailbox, content
from tests.partners.factories import make_partner

pytestmark = pytest.mark.django_db


def make_run(**overrides: Any) -> Run:
    """Make a run of which all that is left is to tell of it."""
    source = make_source()
    declared = {"source": source, "partner": source.partner, "trigger": Trigger.SCHEDULE, "state": RunState.REPORTING}
    return Run.objects.create(**{**declared, **overrides})


def add_import(run: Run, name: str, **counts: Any) -> Import:
    rows = sum(count for column, count in counts.items() if column.startswith("rows"))
    declared = {"data_source": run.source, "processor_type": 25011, "name": name, "delimiter": ","}
    declared |= {"partner": run.partner, "state": ImportState.PROCESSED}
    return Import.objects.create(run=run, file_name=name, rows=rows, **{**declared, **counts})


def tell(run: Run, slices: int = 1) -> Run:
    for _ in range(slices):
        Run.objects.open().update(due_at=timezone.now())
        runs.work_at(run)
    run.refresh_from_db()
    return run


def register(run: Run, *emails: str, active: bool = True) -> None:
    for email in emails:
        Recipient.objects.create(partner=run.partner, email=email, active=active)


def test_every_active_address_gets_one_mail_for_all_files(mailbox: Mailbox) -> None:
    run = make_run()
    register(run, "a@example.com", "b@example.com")
    register(run, "off@example.com", active=False)
    add_import(run, "a.csv", rows_ok=2)
    add_import(run, "b.csv", rows_ok=3, rows_with_errors=1)
    assert tell(run).state == RunState.DONE
    assert sorted(mail["To"] for mail in mailbox.mails) == ["a@example.com", "b@example.com"]
    assert {mail["Subject"] for mail in mailbox.mails} == {"Import of 2 files: 5 rows stored, 1 with errors"}


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_mail_tells_counts_first_faults_and_a_link(mailbox: Mailbox, kind: str) -> None:
    run = make_run()
    register(run, "a@example.com")
    import_ = add_import(run, "a.csv", rows_ok=2, rows_with_errors=9)
    for row in range(9):
        Reject.objects.create(of_import=import_, row=row + 2, column="amount", value="x<y", reason=f"Fault {row}.")
    tell(run)
    told = content(mailbox.mails[0], kind)
    assert "11 rows" in told
    assert "Fault 4." in told
    assert "Fault 5." not in told
    assert f"https://connector.example.com/api/v4/import/{import_.pk}/results" in told


def test_file_that_was_not_read_is_told_of_in_the_subject_and_has_no_link(mailbox: Mailbox) -> None:
    run = make_run()
    register(run, "a@example.com")
    add_import(run, "a.csv", state=ImportState.BAD_FORMAT, delimiter="", reason="The file is empty.")
    tell(run)
    assert mailbox.mails[0]["Subject"] == "Import of 1 file: 0 rows stored, 0 with errors, 1 file refused"
    assert "/results" not in content(mailbox.mails[0], "plain") + content(mailbox.mails[0], "html")


def test_mail_has_no_link_where_our_address_is_not_known(mailbox: Mailbox, settings: Any) -> None:
    settings.CONNECTOR_LINKS_URL = ""
    run = make_run()
    register(run, "a@example.com")
    add_import(run, "a.csv", rows_ok=1)
    tell(run)
    assert "/results" not in content(mailbox.mails[0], "plain") + content(mailbox.mails[0], "html")
    assert [message.id for message in check_links()] == ["datasources.W001"]


def test_address_that_is_refused_keeps_no_mail_from_the_others(mailbox: Mailbox) -> None:
    run = make_run()
    register(run, "gone@example.com", "a@example.com")
    add_import(run, "a.csv", rows_ok=1)
    assert tell(run).mail == "Sent to 1. The mail server refuses 1 of the addresses."
    assert [mail["To"] for mail in mailbox.mails] == ["a@example.com"]


def test_what_a_partner_names_is_escaped_in_html_and_plain_in_text(mailbox: Mailbox) -> None:
    run = make_run()
    register(run, "a@example.com")
    add_import(run, "<b>&.csv", rows_ok=1)
    tell(run)
    assert "<b>&.csv" in content(mailbox.mails[0], "plain")
    assert "&lt;b&gt;&amp;.csv" in content(mailbox.mails[0], "html")


def test_upload_is_told_of(mailbox: Mailbox) -> None:
    run = make_run(source=None, partner=make_partner("Sender"), trigger=Trigger.UPLOAD)
    register(run, "a@example.com")
    add_import(run, "a.csv", rows_ok=1)
    tell(run)
    assert "Partner: Sender" in content(mailbox.mails[0], "plain")


def test_run_that_brought_nothing_is_not_told_of(mailbox: Mailbox) -> None:
    run = make_run()
    register(run, "a@example.com")
    assert tell(run).state == RunState.DONE
    assert mailbox.mails == []


def test_paused_source_is_told_of_to_the_partner(mailbox: Mailbox, settings: Any) -> None:
    settings.CONNECTOR_ALERT_EMAILS = ["operator@example.com"]  # Who gets an alert, and no second mail.
    run = make_run(has_paused=True, failure="The server refuses the user or the password.")
    register(run, "a@example.com")
    tell(run)
    assert [mail["To"] for mail in mailbox.mails] == ["a@example.com"]
    assert "The server refuses the user or the password." in content(mailbox.mails[0], "plain")
    assert mailbox.mails[0]["Subject"] == "Data source paused: FTP ftp.example.com"


def test_mail_that_is_refused_for_now_is_sent_later(mailbox: Mailbox) -> None:
    mailbox.refusals = 2
    run = make_run()
    register(run, "a@example.com")
    add_import(run, "a.csv", rows_ok=1)
    assert tell(run).state == RunState.REPORTING
    assert tell(run, 2).state == RunState.DONE
    assert len(mailbox.mails) == 1


def test_mail_that_is_never_taken_is_given_up_and_no_failure_of_the_source(mailbox: Mailbox) -> None:
    given_up = told.labels("imports", "given_up")
    mailbox.refusals = 99
    run = make_run()
    register(run, "a@example.com")
    add_import(run, "a.csv", rows_ok=1)
    before = given_up._value.get()
    tell(run, 6)
    assert given_up._value.get() == before + 1
    assert (run.state, run.failure, run.source.failures) == (RunState.DONE, "", 0)
    assert run.mail == "The mail server did not take it (SMTPDataError)."


def test_mail_that_comes_twice_has_one_id(mailbox: Mailbox) -> None:
    run = make_run()
    register(run, "a@example.com")
    add_import(run, "a.csv", rows_ok=1)
    for _ in range(2):
        Run.objects.update(state=RunState.REPORTING, due_at=timezone.now())
        tell(run)
    first, second = mailbox.mails
    assert first["Message-ID"] == second["Message-ID"] == f"<run-{run.pk}-1@localhost>"


def test_nothing_is_sent_where_no_server_is_set(settings: Any) -> None:
    settings.EMAIL_URL_IS_SET = False
    run = make_run()
    register(run, "a@example.com")
    add_import(run, "a.csv", rows_ok=1)
    assert tell(run).mail == "EMAIL_URL is not set, so no mail was sent."
