"""The pages of another connector read one after another, each record of them saved by the ORM.

Usage: python -m page_rows URL PAGES; the tokens come by the environment.
"""

import json
import os
import sys
import urllib.request

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
django.setup()

from catalogue.models import Product  # noqa: E402

HEADERS = {"Auth-Token": os.environ["AUTH_TOKEN"], "Entity-Token": os.environ["ENTITY_TOKEN"]}


def items(url, page):
    request = urllib.request.Request(f"{url}/api/sync/items/?per_page=1000&page={page}", headers=HEADERS)  # noqa: S310
    with urllib.request.urlopen(request) as response:  # noqa: S310 (the address is the benchmark's)
        return json.load(response)["data"]["items"]


def save(product):
    inventory = product.pop("inventory")
    product |= {f"inventory_{name}": value for name, value in inventory.items()}
    Product.objects.update_or_create(sku=product.pop("sku"), defaults=product)


def main(url, pages):
    for page in range(1, pages + 1):
        for product in items(url, page):
            save(product)


main(sys.argv[1], int(sys.argv[2]))
