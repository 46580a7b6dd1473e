"""`manage.py pull`: one source or all, by hand."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from datasources import runs
from datasources.models import Run
from tests.datasources.factories import make_source
from tests.datasources.folders import Folder
from tests.datasources.test_runs import sales

pytestmark = pytest.mark.django_db


def pull(*arguments: str) -> str:
    printed = StringIO()
    call_command("pull", *arguments, stdout=printed)
    return printed.getvalue()


def test_pull_prints_what_came_of_a_source(sftp: Folder) -> None:
    sftp.put("a.csv", sales(1, 2) + b"t3,shop,sku,many,1,2026-01-31\n")
    source = make_source(**sftp.source)
    printed = pull(str(source.pk))
    assert printed.strip().endswith("1 of 1 files, 3 rows: 2 stored, 1 with errors, 0 skipped")


def test_pull_all_takes_those_that_are_due(sftp: Folder) -> None:
    due = make_source(**sftp.source)
    make_source(**sftp.source, active=False)
    assert len(pull("--all").splitlines()) == 1
    assert Run.objects.get().source == due


def test_pull_ends_with_an_error_when_a_source_failed(sftp: Folder) -> None:
    source = make_source(**sftp.source, password="another")
    with pytest.raises(SystemExit) as ended:
        pull(str(source.pk))
    assert ended.value.code == 1


def test_pull_goes_on_with_a_run_that_was_begun(sftp: Folder) -> None:
    source = make_source(**sftp.source)
    runs.ask_run(source)
    pull(str(source.pk))
    assert Run.objects.count() == 1


def test_pull_of_an_unknown_source_says_so() -> None:
    with pytest.raises(CommandError, match="There is no data source 7"):
        pull("7")
