"""From a write on an entity route to its answer. An answer is given only after the commit that it reports."""

from __future__ import annotations

from django.db import DataError, IntegrityError, connection, transaction

from connector.edge.errors import BadRequest, Conflict, ContractError, Fault
from connector.edge.trace import note
from entities import store
from entities.schema import EntitySchema
from sync import hooks
from sync.accepting import at_once, settling
from sync.accepting.answers import Answer, accepted_answer, applied_answer
from sync.delivery import entering, guard, journal, modes
from sync.delivery.command import Command, judge
from sync.delivery.database_faults import fault_of
from sync.delivery.effects import effect_of
from sync.delivery.entering import Earlier
from sync.delivery.write import Write
from sync.models.delivery import Delivery, Method, Outcome
from sync.models.switch import SwitchedMode
from sync.push import outbox
from sync.watching import backlog
from sync.work import wake


def take(write: Write, schema: EntitySchema | None, entity_id: str | None, faults: list[Fault]) -> Answer:
    """Judge a write, apply it and return the answer.

    `entity_id` is what the header names; `faults` is what is wrong so far, and gets all that is wrong besides.

    Raises:
        BadRequest, Conflict: the delivery is stored as rejected.
        Unavailable: the entity takes no writes now, or too much is waiting; nothing is stored.
    """
    mode = modes.open_mode(schema) if schema else None
    command = judge(write, schema, entity_id, faults) if schema else None
    if command is None or faults:
        record_key = command.record_key if command else entity_id or ""
        journal.record_rejected(write, record_key, faults)
        raise BadRequest(faults=faults)
    return carry_out(command, is_deferred=mode == SwitchedMode.DEFERRED or write.wants_async)


def carry_out(command: Command, *, is_deferred: bool) -> Answer:
    """Apply a command, or accept it for later, and store its delivery, in one transaction.

    Raises:
        BadRequest, Conflict: the record stands against it; the delivery is stored as rejected.
        Unavailable: too much is waiting; nothing is stored.
    """
    try:
        result = settle_at_once(command, is_deferred=is_deferred) or settle_alone(command, is_deferred=is_deferred)
    except (IntegrityError, DataError) as exc:
        fault = fault_of(exc, command.schema)
        if fault is None:
            raise
        result = BadRequest(faults=[fault])
        journal.record_rejected(command.write, command.record_key, result.faults)
    if isinstance(result, ContractError):
        raise result
    return result


def settle_at_once(command: Command, *, is_deferred: bool) -> Answer | None:
    """Do the usual in one round trip; None when this write is not the usual one."""
    if connection.in_atomic_block:  # What fails must fail alone.
        return None
    if is_deferred:
        number = None if backlog.is_full() else at_once.accept(command.write, command.record_key)
        if number is None:
            return None
        wake.workers()
        note(delivery=number)
        return accepted_answer(number)
    settled = settling.settle(command)
    if settled is None:
        return None
    number, outcome = settled
    note(delivery=number)
    return applied_answer(command.schema, command.write.method, command.record_key, outcome, command.ignored)


def settle_alone(command: Command, *, is_deferred: bool) -> Answer | ContractError:
    """Settle a write by itself; a delete near the guard's limit once more, while no other of its entity is under way.

    What is one of several in a transaction is counted so at once: others do not see how many there are.
    """
    try:
        return settle(command, is_deferred=is_deferred, alone=connection.in_atomic_block)
    except guard.Crowded:
        return settle(command, is_deferred=is_deferred, alone=True)


@transaction.atomic
def settle(command: Command, *, is_deferred: bool, alone: bool) -> Answer | ContractError:
    entry = entering.enter(command, alone=alone)
    note(delivery=entry.number)
    if entry.earlier and is_repeat(command, entry.earlier):
        return repeated_answer(command, entry.earlier)
    if entry.earlier and command.write.idempotency_key:
        return reject(command, idempotency_mismatch(command.write), entry.number)
    if guard.counts(command.write) and not guard.admits(command.schema.name, alone=alone):
        return hold(command, entry.number)
    if is_deferred or entry.must_wait:
        return accept(command, entry.number)
    return apply(command, entry.number)


def is_repeat(command: Command, earlier: Earlier) -> bool:
    """Tell whether a write is one that came before; without a key of its own it must be its record's newest write."""
    write = command.write
    if not write.may_repeat or earlier.digest != write.digest(command.record_key):
        return False
    return bool(write.idempotency_key) or not earlier.is_overtaken


def repeated_answer(command: Command, earlier: Earlier) -> Answer:
    """Return the first answer again."""
    entering.wait_for_what_was_found()
    note(delivery=earlier.id)
    if earlier.is_deferred or earlier.outcome is None:
        return accepted_answer(earlier.id)
    return applied_answer(command.schema, earlier.method, command.record_key, earlier.outcome, earlier.ignored)


def accept(command: Command, number: int) -> Answer:
    backlog.check()
    journal.record_accepted(command.write, command.record_key, number)
    transaction.on_commit(wake.workers)
    return accepted_answer(number)


def hold(command: Command, number: int) -> Answer:
    """Accept a delete for when a person has released it: too many came."""
    backlog.check()
    journal.record_held(command.write, command.record_key, number, guard.REASON)
    return accepted_answer(number)


def apply(command: Command, number: int) -> Answer | ContractError:
    result = effect_of(command, number, store)
    if isinstance(result, ContractError):
        return reject(command, result, number)
    journal.record_applied(command.write, command.record_key, number, result)
    if command.write.is_local and result.outcome != Outcome.ABSENT:
        outbox.note(command.schema.name, [command.record_key])
        transaction.on_commit(wake.workers)
    if hooks.is_heard(command.schema):
        hooks.announce(command.schema, [Delivery.objects.get(pk=number)])
        transaction.on_commit(wake.workers)
    return applied_answer(command.schema, command.write.method, command.record_key, result.outcome, result.ignored)


def reject(command: Command, error: ContractError, number: int) -> ContractError:
    journal.record_rejected(command.write, command.record_key, error.faults, number)
    return error


def idempotency_mismatch(write: Write) -> ContractError:
    message = "This Idempotency-Key was used for another request; take a new one for each."
    fault = Fault("Idempotency-Key", "idempotency_mismatch", message)
    return (Conflict if write.method == Method.POST else BadRequest)(faults=[fault])
