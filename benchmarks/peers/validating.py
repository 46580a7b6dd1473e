"""Validate a body again and again by DRF's ModelSerializer and by pydantic; tell the seconds and the faulty fields.

What each of them yields is what goes to the database next: a dict of values, or all errors with their messages.

Usage: python -m validating drf|pydantic TIMES < body
"""

import io
import json
import os
import sys
import time

import django
from pydantic import ValidationError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
django.setup()

from rest_framework.parsers import JSONParser  # noqa: E402

import drf  # noqa: E402
import products  # noqa: E402


class ProductSerializer(drf.ProductSerializer):
    class Meta(drf.ProductSerializer.Meta):
        extra_kwargs = {"sku": {"validators": []}}  # Whether it is unique would be asked of the database.


def by_drf(body):
    serializer = ProductSerializer(data=JSONParser().parse(io.BytesIO(body)))
    return (serializer.validated_data, {}) if serializer.is_valid() else (None, serializer.errors)


def by_pydantic(body):
    try:
        return products.Product.model_validate_json(body).model_dump(), []
    except ValidationError as exc:
        return None, exc.errors()


def main(validate, times):
    body = sys.stdin.buffer.read()
    _, errors = validate(body)
    started = time.thread_time()
    for _ in range(times):
        validate(body)
    took = time.thread_time() - started
    faulty = {error if isinstance(error, str) else error["loc"][0] for error in errors}
    print(json.dumps({"seconds": took, "faulty": sorted(faulty)}))


main({"drf": by_drf, "pydantic": by_pydantic}[sys.argv[1]], int(sys.argv[2]))
