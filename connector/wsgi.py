"""The web process: `application` is what gunicorn serves."""

from __future__ import annotations

import gc
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "connector.settings")
os.environ.setdefault("CONNECTOR_ROLE", "web")

import django

from connector.edge.bounds import refuse_wrong_settings
from connector.edge.request import Handler

django.setup(set_prefix=False)
refuse_wrong_settings()
application = Handler()
gc.freeze()  # What stands now lives as long as the process: it need not be looked through again and again.
