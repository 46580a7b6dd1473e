"""What a change of a partner, or a question about partners, is refused for; each is a 400 of the contract.

BadRequest
├── BodyRefused    the body is at fault; `faults` tells every place
├── QueryRefused   a parameter of the address is at fault; `faults` tells every one
├── UnknownId      nothing of that number, or another company's: nobody is told which
└── Refused        what stands speaks against it
"""

from __future__ import annotations

from connector.edge.errors import BadRequest, Fault


class BodyRefused(BadRequest):
    sentence = "The request body is not valid."


class QueryRefused(BadRequest):
    sentence = "The request is not valid."


class UnknownId(BadRequest):
    def __init__(self, noun: str) -> None:
        super().__init__(unknown_sentence(noun))


class Refused(BadRequest):
    """A sentence tells what stands against it."""


def unknown_sentence(noun: str) -> str:
    return f"Unknown {noun} id."


def unknown(field: str, noun: str) -> Fault:
    """Return the fault of a body that names a number that is unknown, or another company's."""
    return Fault(field, "unknown_id", unknown_sentence(noun))
