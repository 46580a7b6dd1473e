"""Celery as its first steps with Django have it: one task for each row, which the ORM updates or creates."""

import os

import django
from celery import Celery, shared_task

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
django.setup()

from catalogue.models import Product  # noqa: E402

app = Celery("peers")
app.config_from_object("django.conf:settings", namespace="CELERY")


@shared_task(ignore_result=True)
def save_product(product):
    sku = product.pop("sku")
    Product.objects.update_or_create(sku=sku, defaults=product)
