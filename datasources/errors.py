"""What a party's request ends with besides success; the contract's words are the codes.

ContractError
├── Refused             400   one fault by its key: `Refused("partnerEmail", "EmailAlreadyExists", ...)`
│   ├── UnknownId       400   nothing of that number, or another partner's: nobody is told which
│   ├── SourceFailed    400   the server of a data source cannot be used, and why
│   └── NoResults       400   there is no file to give back, and why
├── AlreadyRunning      409   the source has a run under way
└── PartnerNotActive    403   the party's partner does no business
"""

from __future__ import annotations

from connector.edge.errors import BadRequest, Conflict, ContractError, Fault


class Refused(BadRequest):
    def __init__(self, key: str, code: str, sentence: str) -> None:
        super().__init__(faults=[Fault(key, code, sentence)])


class UnknownId(Refused):
    def __init__(self, key: str, noun: str) -> None:
        super().__init__(key, "InvalidId", f"There is no {noun} of this id.")


class SourceFailed(Refused):
    def __init__(self, sentence: str) -> None:
        super().__init__("partnerDataSource", "ConnectionFailed", sentence)


class NoResults(Refused):
    def __init__(self, sentence: str) -> None:
        super().__init__("import", "NoResults", sentence)


class AlreadyRunning(Conflict):
    def __init__(self) -> None:
        fault = Fault("partnerDataSource", "AlreadyRunning", "A run of the data source is under way.")
        super().__init__(faults=[fault])


class PartnerNotActive(ContractError):
    status = 403

    def __init__(self) -> None:
        super().__init__(faults=[Fault("partner", "PartnerNotActive", "The partner is not active.")])
