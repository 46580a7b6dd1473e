"""Defer a task for each row that standard input has, as a line of JSON."""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
django.setup()

from catalogue.tasks import save_product  # noqa: E402

rows = [json.loads(line) for line in sys.stdin]
save_product.batch_defer(*({"sku": row.pop("sku"), "product": row} for row in rows))
