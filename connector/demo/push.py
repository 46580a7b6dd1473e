"""Records pushed through the contract over a few connections at once."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx

from . import contract
from .catalogue import Record
from .exchange import CONNECTIONS, Answer, Connector, Request, encode, no_answer
from .layout import Entity


@dataclass(frozen=True, slots=True)
class Pushed:
    key: str
    replaced: bool
    faults: list[str]


class Push:
    """Create records under one Process-Id; one that exists is deleted and created anew."""

    def __init__(self, connector: Connector, token: str, entity: Entity) -> None:
        self._connector = connector
        self._entity = entity
        self._path = f"//entity/{entity.entity_name}"
        self._headers = {
            "Content-Type": "application/json",
            "Auth-Token": token,
            "Entity-Token": entity.entity_token,
            "Process-Id": f"demo-{uuid.uuid4().hex[:12]}",
        }

    def every(self, records: Iterable[Record]) -> Iterator[Pushed]:
        """Push all records, in no certain order."""
        pool = ThreadPoolExecutor(CONNECTIONS)
        try:
            yield from pool.map(self.one, records)
        finally:
            pool.shutdown(cancel_futures=True)

    def one(self, record: Record) -> Pushed:
        key = record[self._entity.key]
        try:
            return self._one(key, record)
        except httpx.TransportError as exc:
            return Pushed(key, replaced=False, faults=[no_answer(exc)])

    def _one(self, key: str, record: Record) -> Pushed:
        create = Request("POST", self._path, self._headers, encode(record))
        faults: list[str] = []
        answer = self._connector.send(create)
        if exists := answer.status == 409:
            faults += contract.faults(answer, 409)
            deletion = Request("DELETE", self._path, self._headers | {"Entity-Id": key}, b"{}")
            faults += contract.faults(self._connector.send(deletion), 200)
            answer = self._connector.send(create)
        faults += [*contract.faults(answer, 201), *self._created_faults(answer, key)]
        return Pushed(key, replaced=exists, faults=faults)

    def _created_faults(self, answer: Answer, key: str) -> Iterator[str]:
        if answer.status == 201 and answer.data != {self._entity.key: key}:
            yield f"data is {answer.data}, not the key"
        if ignored := answer.detail.get("ignored"):
            yield f"the connector ignored {ignored}, which its layout has"
