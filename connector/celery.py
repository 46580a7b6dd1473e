"""The Celery application: `celery -A connector.celery worker`, and `beat`.

Celery and its broker only wake workers up; what is true stands in PostgreSQL.
"""

from __future__ import annotations

import os

from celery import Celery
from celery.signals import task_postrun, task_prerun
from django.conf import settings
from django.db import close_old_connections

if not settings.configured:  # Otherwise this is the web server or a command, which sends and has a role already.
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "connector.settings")
    os.environ.setdefault("CONNECTOR_ROLE", "worker")

# Celery leaves the connections of a worker alone, also one that has ended meanwhile.
task_prerun.connect(close_old_connections)
task_postrun.connect(close_old_connections)

app = Celery("connector")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
