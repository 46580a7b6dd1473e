"""From a write on an entity route to its answer. An answer is given only after the commit that it reports."""

from __future__ import annotations

from django.db import DataError, IntegrityError, transaction

from connector.edge.errors import BadRequest, Conflict, ContractError, Fault
from entities import store
from entities.schema import EntitySchema
from sync import journal
from sync.answers import Answer, applied_answer
from sync.command import Command, judge
from sync.database_faults import fault_of
from sync.effects import effect_of
from sync.models.delivery import Method
from sync.write import Write


def take(write: Write, schema: EntitySchema | None, entity_id: str | None, faults: list[Fault]) -> Answer:
    """Judge a write, apply it and return the answer.

    `entity_id` is what the header names; `faults` is what is wrong so far, and gets all that is wrong besides.

    Raises:
        BadRequest, Conflict: the delivery is stored as rejected.
    """
    command = judge(write, schema, entity_id, faults) if schema else None
    if command is None or faults:
        record_key = command.record_key if command else entity_id or ""
        journal.record_rejected(write, record_key, faults)
        raise BadRequest(faults=faults)
    return carry_out(command)


def carry_out(command: Command) -> Answer:
    """Apply a command and store its delivery, in one transaction.

    Raises:
        BadRequest, Conflict: the record stands against it; the delivery is stored as rejected.
    """
    try:
        with transaction.atomic():
            result = apply(command)
    except (IntegrityError, DataError) as exc:
        fault = fault_of(exc, command.schema)
        if fault is None:
            raise
        result = BadRequest(faults=[fault])
        journal.record_rejected(command.write, command.record_key, result.faults)
    if isinstance(result, ContractError):
        raise result
    return result


def apply(command: Command) -> Answer | ContractError:
    write, record_key = command.write, command.record_key
    journal.lock(write, record_key)
    number, earlier = journal.enter(write, record_key)
    if earlier and write.may_repeat and earlier.digest == write.digest(record_key):
        return applied_answer(command.schema, write.method, record_key, earlier.outcome, earlier.ignored)
    is_mismatch = earlier is not None and bool(write.idempotency_key)
    result = idempotency_mismatch(write) if is_mismatch else effect_of(command, number, store)
    if isinstance(result, ContractError):
        journal.record_rejected(write, record_key, result.faults, number)
        return result
    journal.record_applied(write, record_key, number, result)
    return applied_answer(command.schema, write.method, record_key, result.outcome, result.ignored)


def idempotency_mismatch(write: Write) -> ContractError:
    message = "This Idempotency-Key was used for another request; take a new one for each."
    fault = Fault("Idempotency-Key", "idempotency_mismatch", message)
    return (Conflict if write.method == Method.POST else BadRequest)(faults=[fault])
