"""Why a pull ends before its end. Every message is for the person who runs it; none holds a token.

PullError
├── Unreachable   the source did not answer, or only with what may pass
├── Refused       the source answers 4xx, in its own words
├── Unexpected    the source does not keep to the contract
├── Restarted     a page came from another walk than those before it
├── TakenOver     another run has begun to pull the entity from there
└── Stopped       somebody asked the command to end
"""

from __future__ import annotations


class PullError(Exception):
    passes = False  # Whether the same command may get further later, with nothing else changed.


class Unreachable(PullError):
    passes = True


class Refused(PullError):
    pass


class Unexpected(PullError):
    pass


class Restarted(PullError):
    """The pages before it may leave out what this one does not have: the walk is to be begun anew."""

    passes = True


class TakenOver(PullError):
    """The lock that keeps runs apart is lost with the connection that had it; what is done is done."""


class Stopped(PullError):
    passes = True


class Again(Exception):
    """What came is no use, and what comes next may be; `after` is how many seconds the source asks to be left alone."""

    def __init__(self, failure: str, after: float = 0) -> None:
        self.after = after
        super().__init__(failure)
