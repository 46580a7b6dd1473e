"""What can keep the stack from running.

StackError          one line for the person at the terminal
└── StoppedError    Ctrl-C or SIGTERM came while the stack was starting
"""

from __future__ import annotations


class StackError(Exception):
    """The stack cannot run here; the message says why and what to do, in one line."""


class StoppedError(StackError):
    """The stack was told to stop before it was up."""
