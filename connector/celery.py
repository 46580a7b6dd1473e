"""The Celery application: `celery -A connector.celery worker`, and `beat`.

Celery and its broker only wake workers up; what is true stands in PostgreSQL.
"""

from __future__ import annotations

import os
import sys

from celery import Celery
from celery.signals import celeryd_init, import_modules, task_postrun, task_prerun
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import close_old_connections

from connector.edge.bounds import refuse_wrong_settings
from connector.edge.logs import say

if not settings.configured:  # Otherwise this is the web server or a command, which sends and has a role already.
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "connector.settings")
    os.environ.setdefault("CONNECTOR_ROLE", "worker")

# Celery leaves the connections of a worker alone, also one that has ended meanwhile.
task_prerun.connect(close_old_connections)
task_postrun.connect(close_old_connections)

app = Celery("connector")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@celeryd_init.connect
def speak_in_lines(**_kwargs: object) -> None:
    """Have a worker say that it is told to end as it says all else: Celery writes that past every logger."""
    from celery.apps import worker  # noqa: PLC0415 (of a worker alone)

    worker.safe_say = say  # type: ignore[attr-defined]  # Its types do not know it.


@import_modules.connect(sender=app)
def refuse(**_kwargs: object) -> None:
    """End a worker or beat whose settings are wrong; Django has been set up for it by now."""
    try:
        refuse_wrong_settings()
    except ImproperlyConfigured as exc:  # From a signal's receiver only this gets out.
        sys.exit(str(exc))
