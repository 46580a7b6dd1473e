"""What the processes of a stack have said, and what of it nobody should have."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from connector.stack.programs import processes

if TYPE_CHECKING:
    from tests.acceptance.local_stack import LocalStack


def lines(stack: LocalStack) -> Iterator[str]:
    """Yield every line of every process, PostgreSQL's, Valkey's and the supervisor's too, by who said it."""
    for path in sorted((stack.run_dir / "logs").iterdir()):
        for line in path.read_text(errors="replace").splitlines():
            yield f"{path.name}: {line}"


def unreadable(stack: LocalStack) -> list[str]:
    """Return the lines of our own processes that are no JSON."""
    ours = {program.name for program in processes()}
    return [line for line in lines(stack) if line.partition(".log")[0] in ours and not is_event(line)]


def is_event(line: str) -> bool:
    try:
        return isinstance(json.loads(line.partition(": ")[2]), dict)
    except ValueError:
        return False


def events(stack: LocalStack, event: str) -> list[dict[str, Any]]:
    """Return the lines of an event, of a stack whose log is JSON."""
    texts = (line.partition(": ")[2] for line in lines(stack) if f'"{event}"' in line)
    return [json.loads(text) for text in texts if text.startswith("{")]


def leaks(said: Iterable[str], secrets: Collection[str]) -> list[str]:
    """Return the lines that have a secret in them."""
    return [line for line in said if any(secret in line for secret in secrets)]
