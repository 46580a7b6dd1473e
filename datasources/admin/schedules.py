"""beat's own tables are no pages here: when a source runs is a field of the source."""

from __future__ import annotations

import django_celery_beat.admin  # noqa: F401 (it registers its pages, which must be there to be taken away)
from django.apps import apps
from django.contrib import admin

for model in apps.get_app_config("django_celery_beat").get_models():
    if admin.site.is_registered(model):
        admin.site.unregister(model)
