"""The Celery application: `celery -A connector.celery worker`, and `beat`.

Celery and its broker only wake workers up; what is true stands in PostgreSQL.
"""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "connector.settings")
os.environ.setdefault("CONNECTOR_ROLE", "worker")

from celery import Celery

app = Celery("connector")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
