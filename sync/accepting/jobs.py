"""Linking Dsync's jobs with entities (contract section 2, "set_job")."""

from __future__ import annotations

from connector.edge.errors import BadRequest, Fault, add_faults, shown
from connector.edge.headers import is_printable
from connector.edge.strict_json import read_object
from entities.schema import schemas
from sync.models import Job

JOB_ID_LENGTH = 255


def link(*, client_id: int, entity: str, body: bytes) -> None:
    """Link the job that a body names with an entity; the same again changes nothing.

    Raises:
        BadRequest: no such entity, or the body names no job.
    """
    payload, faults = read_object(body)
    if entity not in schemas():
        faults.insert(0, Fault("entity_name", "unknown_entity", "There is no such entity.", shown(entity)))
    job_id = payload.get("job_id") if payload is not None else None
    if payload is not None and (reason := reason_against(job_id)):
        add_faults(faults, [Fault("job_id", "invalid_job_id", f"job_id {reason}.", shown(job_id))])
    if faults:
        raise BadRequest(faults=faults)
    Job.objects.bulk_create([Job(entity=entity, job_id=str(job_id), client_id=client_id)], ignore_conflicts=True)


def reason_against(job_id: object) -> str | None:
    if job_id is None:
        return "is required"
    if not isinstance(job_id, str):
        return "must be a text"
    if not job_id.strip():
        return "must not be empty"
    if len(job_id) > JOB_ID_LENGTH:
        return f"may have at most {JOB_ID_LENGTH} characters; it has {len(job_id)}"
    return None if is_printable(job_id) else "must not contain control or invisible formatting characters"
