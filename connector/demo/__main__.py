"""Play the other sides against a running connector: `python -m connector.demo [--data products.csv]`."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from . import report
from .catalogue import CatalogueError
from .exchange import Connector
from .hood.play import play_hood
from .play import play
from .roundtrip import roundtrip
from .target import Target, Tokens, UnavailableError, target


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 0 when everything was as the contract says, else 1."""
    options = _options(arguments)
    console = report.console()
    try:
        with (
            target(url=options.url, tokens=Tokens(options.token, options.hood_token), console=console) as found,
            Connector(found.url) as connector,
        ):
            if options.data:
                wrong = roundtrip(connector, found.token, options.data, console)
            else:
                wrong = play_both(connector, found, console)
    except (UnavailableError, CatalogueError) as exc:
        console.print(Text(str(exc)), style="red")
        return 1
    except KeyboardInterrupt:
        return 130
    return 1 if wrong else 0


def play_both(connector: Connector, found: Target, console: Console) -> int:
    wrong = play(connector, found.token, console)
    if not found.hood_token:
        console.print("Hood's side is not played: no --hood-token was passed.")
        return wrong
    return wrong + play_hood(connector, found.hood_token, console, other_token=found.token)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m connector.demo", description="Play Dsync's side, and Hood's, over HTTP."
    )
    parser.add_argument("--url", help="the connector; default: http://127.0.0.1:PORT, started when nothing answers")
    parser.add_argument("--token", help="a write token; default: AUTH_TOKEN of RUN_DIR/credentials")
    parser.add_argument("--hood-token", help="a token of a company; default: HOOD_TOKEN there, if --token is not given")
    parser.add_argument("--data", type=Path, metavar="FILE.csv", help="push this catalogue and walk it back instead")
    return parser.parse_args(arguments)


def _end_politely(signum: int, _frame: object) -> None:
    # As an exception, so that a connector started here is stopped too.
    sys.exit(128 + signum)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _end_politely)
    sys.exit(main())
