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
    """What stands against it is told as a fault of the row's field: no body is at fault."""

    sentence = QueryRefused.sentence

    def __init__(self, field: str, code: str, message: str) -> None:
        super().__init__(faults=[Fault(field, code, message)])


def unknown_sentence(noun: str) -> str:
    return f"Unknown {noun} id."


def unknown(field: str, noun: str) -> Fault:
    """Return the fault of a body that names a number that is unknown, or another company's."""
    return Fault(field, "unknown_id", unknown_sentence(noun))
