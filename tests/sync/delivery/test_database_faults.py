"""What PostgreSQL refuses of a record is a fault of the request; what it refuses of ours is not."""

from __future__ import annotations

import pytest
from django.db import DataError, IntegrityError, connection, transaction

from connector.edge.models import Token
from entities.models import PartnerSale, Product
from entities.schema import schema_of
from sync.delivery.database_faults import fault_of

pytestmark = pytest.mark.django_db
SALE = {"key": "k", "partner": "p", "transaction_id": "1", "credential_principal": "c", "quantity": 1, "amount": 1}


def test_a_column_that_must_not_be_null_is_required() -> None:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Product.objects.create(sku=None)
    fault = fault_of(refused.value, schema_of(Product))
    assert fault
    assert (fault.treekey, fault.code) == ("product.sku", "required")


def test_a_declared_rule_speaks_for_itself() -> None:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        PartnerSale.objects.create(**SALE, sale_date="2026-01-01")
    fault = fault_of(refused.value, schema_of(PartnerSale))
    assert fault
    assert fault.message == "partnerSkuCode, or skuCodeKey with skuCode, is required."


def test_a_rule_that_only_the_table_has_is_told_by_its_name() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE entities_product ADD CONSTRAINT only_ours CHECK (sku <> 'a')")
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Product.objects.create(sku="a")
    fault = fault_of(refused.value, schema_of(Product))
    assert fault
    assert (fault.code, "only_ours" in fault.message) == ("constraint", True)


def test_a_value_that_does_not_fit_is_invalid() -> None:
    with pytest.raises(DataError) as refused, transaction.atomic():
        Product.objects.create(sku="x" * 65)
    fault = fault_of(refused.value, schema_of(Product))
    assert fault
    assert fault.code == "invalid_value"
    assert "x" * 65 not in fault.message


def test_a_rule_of_another_table_is_no_fault_of_the_request() -> None:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Token.objects.create(client_id=None, prefix="p", digest=b"")
    assert fault_of(refused.value, schema_of(Product)) is None
