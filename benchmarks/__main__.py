"""The command line: `ONLY=create,accept QUICK=1 GROWTH=1 python -m benchmarks`."""

from __future__ import annotations

import os
import signal
import sys

from benchmarks.run import WORKS, run
from connector.stack.errors import StackError


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("It was told to stop."))
    names = os.environ.get("ONLY", "").replace(",", " ").split() or list(WORKS)
    if unknown := set(names) - set(WORKS):
        sys.stderr.write(f"There is no work {', '.join(sorted(unknown))}; there are {', '.join(WORKS)}.\n")
        return 2
    try:
        failed = run(names, quick=bool(os.environ.get("QUICK")), growth=bool(os.environ.get("GROWTH")))
    except StackError as exc:  # One line is what a person can use.
        sys.stderr.write(f"{exc}\n")
        return 1
    if failed:
        sys.stderr.write(f"Not measured to the end: {', '.join(failed)}.\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
