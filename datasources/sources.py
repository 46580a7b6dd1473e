"""Writing data sources: every fault of a body is told at once, and a change of what is dialled begins anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import transaction

from connector.edge.errors import Fault
from datasources import trail
from datasources.errors import UnknownId
from datasources.file_templates import columns_of
from datasources.importing.processors import PROCESSORS
from datasources.models import AuthenticationType, DataSource, DataSourceType, ProcessorType
from datasources.remote.outbound import judge_host
from partners.audit import Actor
from partners.fields.sent import Sent
from partners.locked import digits
from partners.models import Partner, Touchpoint

KEY = "partnerDataSource"
IDENTITY = ("host", "data_source_type")  # What the pinned key of a server belongs to.
FRESH = {"failures": 0, "next_try_at": None, "paused_at": None, "paused_reason": ""}


def source_of(partner: Partner, number: str) -> DataSource:
    """Return a data source of a partner; raise UnknownId."""
    found = DataSource.objects.of_partner(partner.pk).select_related("touchpoint").filter(pk=digits(number)).first()
    if found is None:
        raise UnknownId(KEY, "data source")
    return found


def create_source(partner: Partner, sent: Sent, actor: Actor) -> DataSource:
    """Store a new data source; raise BodyRefused."""
    source = DataSource(partner=partner)
    judge(source, sent)
    with transaction.atomic():
        trail.created(assigned(source, sent.values), actor)
    return source


def replace_source(partner: Partner, number: str, sent: Sent, actor: Actor) -> DataSource:
    """Have a data source be what is sent, with a new chance where it had failed.

    Raises:
        UnknownId, BodyRefused
    """
    judge(source_of(partner, number), sent)
    with trail.changing(source_of(partner, number).pk, actor) as source:
        if any(sent.values[name] != getattr(source, name) for name in IDENTITY):
            source.host_key = None
        return assigned(source, {**sent.values, **FRESH})


@transaction.atomic
def delete_source(partner: Partner, number: str, actor: Actor) -> DataSource:
    """Take a data source away; its imports stay. Raises UnknownId."""
    source = source_of(partner, number)
    if DataSource.objects.filter(pk=source.pk).delete()[0]:  # Not by another call meanwhile.
        trail.deleted(source, actor)
    return source


def assigned(source: DataSource, values: Mapping[str, Any]) -> DataSource:
    for name, value in values.items():
        setattr(source, name, value)
    source.save()
    return source


def judge(source: DataSource, sent: Sent) -> None:
    """Refuse what no field tells by itself, with everything else that is wrong; raise BodyRefused.

    The caller has no transaction: a key may take longer to be read than the database lets one be idle.
    """
    if "touchpoint_code" in sent.values:
        touchpoint = touchpoint_of_code(source.partner, sent.values.pop("touchpoint_code"))
        sent.values["touchpoint"] = touchpoint
        if touchpoint is None:
            sentence = "touchpointCode names no touchpoint of the partner."
            sent.add([Fault(KEY, "InvalidTouchpointCode", sentence)])
    sent.add(host_faults(sent.values))
    sent.add(key_faults(source, sent.values))
    sent.add(mapping_faults(sent.values))
    sent.check()


def touchpoint_of_code(partner: Partner, code: Any) -> Touchpoint | None:
    return partner.touchpoints.filter(code=code).first() if isinstance(code, str) else None


def host_faults(values: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong with a host; its form alone where it is not known what its port has to be."""
    if "host" in values:
        reason = judge_host(values["host"], values.get("data_source_type"))
        if reason:
            yield Fault("host", "InvalidFormat", reason)


def key_faults(source: DataSource, values: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong with a private key, which SFTP alone takes."""
    if values.get("authentication_type") != AuthenticationType.CERTIFICATE:
        return
    if values.get("data_source_type", DataSourceType.SFTP) != DataSourceType.SFTP:
        yield Fault("authenticationType", "InvalidFormat", "authenticationType CERTIFICATE is for SFTP alone.")
        return
    key = values.get("private_key_file", source.private_key_file)
    if not key:
        yield Fault("privateKeyFile", "Required", "privateKeyFile is required where authenticationType is CERTIFICATE.")
    elif "private_key_file" in values or "passphrase" in values:
        yield from readable(key, values.get("passphrase", source.passphrase))


def mapping_faults(values: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield the columns of a mapping that files of the processor do not have: a misspelt one would be lost silently."""
    kind, mapping = values.get("processor_type"), values.get("column_mapping")
    if not mapping or kind not in ProcessorType.values:
        return
    known = {name for each in PROCESSORS if kind in (each, ProcessorType.ALL) for name in columns_of(each)}
    if unknown := ", ".join(name for name in mapping if name not in known):
        yield Fault("columnMapping", "InvalidFormat", f"columnMapping names what is no column of ours: {unknown}.")


def readable(key: str, passphrase: str) -> Iterator[Fault]:
    """Yield what is wrong with the text of a key, as the library finds that will use it."""
    import asyncssh  # noqa: PLC0415 (it takes a while, and few sources have a key)

    try:
        asyncssh.import_private_key(key, passphrase or None)
    except asyncssh.KeyEncryptionError:
        yield Fault("passphrase", "InvalidFormat", "passphrase does not open the private key.")
    except (asyncssh.KeyImportError, ValueError):
        yield Fault("privateKeyFile", "InvalidFormat", "privateKeyFile is not the text of a private key.")
