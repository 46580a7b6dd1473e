"""The command line of the local stack."""

from __future__ import annotations

import argparse
import sys

import httpx

from connector.stack.errors import StackError, StoppedError
from connector.stack.run import run
from connector.stack.waiting import Waiting


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m connector.stack", description=__doc__)
    parser.add_argument("command", choices=["run"], help="run: start everything, stop it at Ctrl-C or SIGTERM")
    parser.parse_args()
    waiting = Waiting()
    waiting.listen()
    try:
        run(waiting)
    except StoppedError:
        sys.stdout.write("Stopped.\n")
    except (StackError, OSError, httpx.HTTPError) as exc:  # One line is what a person can use; logs hold the rest.
        sys.stderr.write(f"{exc}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
