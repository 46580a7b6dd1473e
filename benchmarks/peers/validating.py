"""Validate a body again and again by DRF's ModelSerializer and by pydantic; tell the seconds and the faulty fields.

Usage: python -m validating drf|pydantic TIMES < body
"""

import json
import os
import sys
import time

import django
from pydantic import ValidationError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
django.setup()

import drf  # noqa: E402
import products  # noqa: E402


class ProductSerializer(drf.ProductSerializer):
    class Meta(drf.ProductSerializer.Meta):
        extra_kwargs = {"sku": {"validators": []}}  # Whether it is unique would be asked of the database.


def by_drf(body):
    serializer = ProductSerializer(data=json.loads(body))
    return [] if serializer.is_valid() else list(serializer.errors)


def by_pydantic(body):
    try:
        products.Product.model_validate_json(body)
    except ValidationError as exc:
        return [error["loc"][0] for error in exc.errors()]
    return []


def main(validate, times):
    body = sys.stdin.buffer.read()
    faulty = validate(body)
    started = time.perf_counter()
    for _ in range(times):
        validate(body)
    took = time.perf_counter() - started
    print(json.dumps({"seconds": took, "faulty": sorted(set(faulty))}))


main({"drf": by_drf, "pydantic": by_pydantic}[sys.argv[1]], int(sys.argv[2]))
