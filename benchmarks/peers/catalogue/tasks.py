"""procrastinate as its documentation of Django has it: one task for each row, which the ORM updates or creates."""

from procrastinate.contrib.django import app

from catalogue.models import Product


@app.task
def save_product(sku, product):
    Product.objects.update_or_create(sku=sku, defaults=product)
