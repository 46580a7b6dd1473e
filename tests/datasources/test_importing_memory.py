"""Memory does not grow with the file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from datasources import spool
from datasources.models import Import, ImportState
from tests.datasources.files import SALES, make_import, sale
from tests.sync.work.test_wake import environment_of_a_process

MEGABYTES = 200
GROWN = 20
GO_ON = r"""
import os, re, sys, django
django.setup()
from pathlib import Path
from django.conf import settings
settings.CONNECTOR_SPOOL_DIR = Path(os.environ["SPOOL"])
from datasources.importing import work
for number in sys.argv[1:]:
    work.go_on(int(number), 300)
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]  # ru_maxrss begins with pytest's.
    print(int(peak) // 1024)
"""


def made(rows: int) -> Import:
    import_ = make_import(is_again=True)
    with spool.path_of(import_.pk).open("w") as file:
        file.write(f"{SALES}\n")
        file.writelines(f"{sale(number % 60_000)}\n" for number in range(rows))
    return import_


@pytest.mark.django_db(transaction=True)
def test_memory_does_not_grow_with_the_file(settings: Any) -> None:
    imports = made(30_000), made(250_000)
    environment = environment_of_a_process(
        DJANGO_SETTINGS_MODULE="connector.settings", SPOOL=str(settings.CONNECTOR_SPOOL_DIR)
    )
    command = [sys.executable, "-c", GO_ON, *(str(import_.pk) for import_ in imports)]
    ended = subprocess.run(command, env=environment, cwd=Path.cwd(), check=True, stdout=subprocess.PIPE)
    small, large = map(int, ended.stdout.split())
    assert large < MEGABYTES
    assert large - small < GROWN
    imports[1].refresh_from_db()
    assert (imports[1].state, imports[1].rows_ok, imports[1].rows_skipped) == (ImportState.PROCESSED, 60_000, 190_000)
