"""The span of a Celery task. A wake-up stands for many deliveries, so it goes on with the trace of none of them."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from celery import current_task
from celery.signals import task_postrun, task_prerun

from connector.edge.tracing.spans import IS_ON, span

_begun: dict[str, AbstractContextManager[Any]] = {}


def begin(task_id: str, sender: Any, **_kwargs: object) -> None:
    _begun[task_id] = span(sender.name, {"messaging.system": "celery", "messaging.message.id": task_id})
    _begun[task_id].__enter__()


def end(task_id: str, retval: object = None, **_kwargs: object) -> None:
    """End the span of a task; what a task that failed returned is its exception."""
    failure = retval if isinstance(retval, Exception) else None
    if task_id in _begun:
        _begun.pop(task_id).__exit__(type(failure) if failure else None, failure, None)


def task_in_hand() -> str:
    """Return the name of the Celery task in hand; empty outside of one."""
    return getattr(current_task, "name", None) or ""


if IS_ON:
    task_prerun.connect(begin)
    task_postrun.connect(end)
