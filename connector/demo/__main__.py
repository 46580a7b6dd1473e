"""Play the other sides against a running connector: `python -m connector.demo [--data FILE.csv | --sales FOLDER]`."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.text import Text

from . import report
from .catalogue import CatalogueError
from .exchange import Connector
from .hood.play import play_hood
from .play import play
from .roundtrip import roundtrip
from .sources import folder
from .sources import play as sources
from .sources.pull import NotAllowed
from .sources.retail import pull_sales
from .target import Target, Tokens, UnavailableError, target


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 0 when everything was as the contract says, else 1."""
    options = _options(arguments)
    console = report.console()
    port = folder.port()
    settings = folder.environment(port)
    try:
        tokens = Tokens(options.token, options.hood_token)
        with target(url=options.url, tokens=tokens, console=console, settings=settings) as found:
            wrong = _perform(options, found, port, console)
    except (UnavailableError, CatalogueError) as exc:
        console.print(Text(str(exc)), style="red")
        return 1
    except KeyboardInterrupt:
        return 130
    return 1 if wrong else 0


def _perform(options: argparse.Namespace, found: Target, port: int, console: Console) -> int:
    """Return how much went wrong."""
    if options.sales:
        return pull_sales(found.url, folder.Folder(options.sales, port), console)
    with Connector(found.url) as connector:
        if options.data:
            return roundtrip(connector, found.token, options.data, console)
        wrong = play_both(connector, found, console)
    # A partner is let in by a command of the checkout, which knows the connector of its own.
    is_ours = not options.url and sources.is_served(found.url)
    return wrong + _perform_sources(found, port, console) if is_ours else wrong


def play_both(connector: Connector, found: Target, console: Console) -> int:
    wrong = play(connector, found.token, console)
    if not found.hood_token:
        console.print("Hood's side is not played: no --hood-token was passed.")
        return wrong
    return wrong + play_hood(connector, found.hood_token, console, other_token=found.token)


def _perform_sources(found: Target, port: int, console: Console) -> int:
    with TemporaryDirectory() as path:
        try:
            return sources.play(found.url, folder.Folder(Path(path), port), console)
        except NotAllowed as exc:  # Nothing is wrong with a connector that dials what it may, and nothing else.
            console.print(Text(str(exc), style="yellow"))
            return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m connector.demo", description="Play the other sides over HTTP.")
    parser.add_argument("--url", help="the connector; default: http://127.0.0.1:PORT, started when nothing answers")
    parser.add_argument("--token", help="a write token; default: AUTH_TOKEN of RUN_DIR/credentials")
    parser.add_argument("--hood-token", help="a token of a company; default: HOOD_TOKEN there, if --token is not given")
    parser.add_argument("--data", type=Path, metavar="FILE.csv", help="push this catalogue and walk it back instead")
    parser.add_argument("--sales", type=Path, metavar="FOLDER", help="have its files of sales pulled instead")
    return parser.parse_args(arguments)


def _end_politely(signum: int, _frame: object) -> None:
    # As an exception, so that a connector started here is stopped too.
    sys.exit(128 + signum)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _end_politely)
    sys.exit(main())
