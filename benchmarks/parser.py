"""Which HTTP parser gunicorn has on each side; the comparison needs the same one on both."""

from __future__ import annotations

import subprocess
import sys

from benchmarks.theirs import PYTHON
from connector.stack.errors import StackError

FIND = "import importlib.util, sys; sys.exit(importlib.util.find_spec('gunicorn_h1c') is None)"


def in_use() -> str:
    """Return the parser's name; raise StackError where the two sides differ."""
    if not PYTHON.exists():
        raise StackError("The peers' virtual environment is missing; `make bench` makes it.")
    ours, theirs = (subprocess.run([python, "-c", FIND], check=False).returncode for python in (sys.executable, PYTHON))
    if ours != theirs:
        raise StackError("Only one side has gunicorn's C parser; `make bench` installs it on both, or on neither.")
    return "gunicorn's own" if ours else "gunicorn_h1c"
