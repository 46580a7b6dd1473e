"""The options that name another connector, and how its token gets to us: never by the command line."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import CommandError, CommandParser

from connector.edge.environment import Environment
from connector.edge.headers import is_printable
from sync.pulling.source import Access, BadAddress, checked_url


def add_access_arguments(parser: CommandParser) -> None:
    parser.add_argument("--from", dest="source", required=True, metavar="URL", help="The other connector's address.")
    parser.add_argument("--entity-token", required=True, metavar="E", help="Its Entity-Token of the entity.")
    parser.add_argument(
        "--token-stdin",
        action="store_true",
        help="Read its Auth-Token from standard input, not from RESYNC_TOKEN or the file that RESYNC_TOKEN_FILE names.",
    )


def access_of(options: dict[str, Any]) -> Access:
    """Return the access to a source that the options describe, and the environment or standard input with them.

    Raises:
        CommandError: with all that is wrong.
    """
    faults: list[str] = []
    url = entity_token = token = ""
    try:
        url = checked_url(options["source"])
    except BadAddress as exc:
        faults.append(str(exc))
    entity_token = options["entity_token"]
    if not is_header(entity_token):
        faults.append("--entity-token must be one line of printable ASCII.")
    token = read_token(from_stdin=options["token_stdin"], faults=faults)
    if faults:
        raise CommandError(" ".join(faults))
    return Access(url, entity_token, token)


def read_token(*, from_stdin: bool, faults: list[str]) -> str:
    if from_stdin:
        return checked_token(sys.stdin.readline().strip(), faults)
    environment = Environment(secrets=["RESYNC_TOKEN"])
    faults.extend(environment.faults)
    token = environment.str("RESYNC_TOKEN", default="").strip()
    return "" if environment.faults else checked_token(token, faults)


def checked_token(token: str, faults: list[str]) -> str:
    if not token:
        faults.append("Give the source's token by --token-stdin, RESYNC_TOKEN or RESYNC_TOKEN_FILE.")
    elif not is_header(token):
        faults.append("The source's token must be one line of printable ASCII.")
    return token


def is_header(text: str) -> bool:
    return bool(text) and text.isascii() and is_printable(text)
