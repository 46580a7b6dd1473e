"""Bodies that are not the strict JSON of the contract: a 400 that names the fault, and no record changed."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from entities.models import Product
from notifications.models import Notification
from sync.models import Delivery, Job
from tests.conftest import Dsync, example
from tests.contract.answers import faults

DEEP = b'{"sku": "a", "x": %s%s}'
# Faults of form that every route which reads a body has to find; the root's name stands before the treekey.
UNREADABLE = {
    "null": (b"null", "not_an_object"),
    "number": (b"5", "not_an_object"),
    "text": (b'"sku"', "not_an_object"),
    "array": (b'[{"sku": "a"}]', "not_an_object"),
    "NaN": (b"NaN", "not_an_object"),
    "spaces": (b"  \n ", "invalid_json"),
    "trailing comma": (b'{"sku": "a",}', "invalid_json"),
    "comment": (b'{"sku": "a" /* x */}', "invalid_json"),
    "line comment": (b'// x\n{"sku": "a"}', "invalid_json"),
    "single quotes": (b"{'sku': 'a'}", "invalid_json"),
    "bare key": (b'{sku: "a"}', "invalid_json"),
    "two documents": (b'{"sku": "a"}{"sku": "b"}', "invalid_json"),
    "junk behind": (b'{"sku": "a"} x', "invalid_json"),
    "unclosed": (b'{"sku": "a"', "invalid_json"),
    "unclosed text": (b'{"sku": "a', "invalid_json"),
    "bare control": (b'{"sku": "a\nb"}', "invalid_json"),
    "bare NUL": (b'{"sku": "a\x00b"}', "invalid_json"),
    "bad escape": (b'{"sku": "\\x41"}', "invalid_json"),
    "plus": (b'{"sku": "a", "price": +1}', "invalid_json"),
    "leading zero": (b'{"sku": "a", "price": 01}', "invalid_json"),
    "hexadecimal": (b'{"sku": "a", "price": 0x10}', "invalid_json"),
    "no digits": (b'{"sku": "a", "price": 1.}', "invalid_json"),
    "Python": (b'{"sku": None}', "invalid_json"),
    "form": (b"sku=a", "invalid_json"),
    "XML": (b"<sku>a</sku>", "invalid_json"),
    "byte order mark": (b'\xef\xbb\xbf{"sku": "a"}', "byte_order_mark"),
    "UTF-16": ('{"sku": "a"}'.encode("utf-16"), "invalid_encoding"),
    "latin-1": ('{"sku": "ü"}'.encode("latin-1"), "invalid_encoding"),
    "overlong": (b'{"sku": "\xc0\xaf"}', "invalid_encoding"),
    "overlong NUL": (b'{"sku": "\xc0\x80"}', "invalid_encoding"),
    "surrogate in UTF-8": (b'{"sku": "\xed\xa0\x80"}', "invalid_encoding"),
    "cut in a character": (b'{"sku": "\xe2\x82"}', "invalid_encoding"),
    "beyond Unicode": (b'{"sku": "\xf4\x90\x80\x80"}', "invalid_encoding"),
    "33 levels": (DEEP % (b"[" * 32, b"]" * 32), "too_deep"),
    "33 levels of objects": (DEEP % (b'{"x":' * 32, b"1" + b"}" * 32), "too_deep"),
    "100,000 levels": (b"[" * 100_000, "too_deep"),
    "levels in an endless text": (b'{"a":' * 33 + b'"' + b'\\"' * 500_000, "too_deep"),
    "endless text behind lists": (b'{"a": [%s"%s' % (b"[]," * 40, b'\\"' * 500_000), "invalid_json"),
    "endless text": (b'{"a":' * 5 + b'"' + b'\\"' * 500_000, "invalid_json"),
}
# Faults that have a place.
WRONG = {
    "duplicate key": (b'{"sku": "a", "name": "A", "name": "B"}', ("product.name", "duplicate_key")),
    "duplicate of the key": (b'{"sku": "a", "sku": "a"}', ("product.sku", "duplicate_key")),
    "duplicate in an escape": (b'{"sku": "a", "name": "A", "n\\u0061me": "B"}', ("product.name", "duplicate_key")),
    "duplicate below": (b'{"sku": "a", "inventory": {"qty": 1, "qty": 1}}', ("product.inventory.qty", "duplicate_key")),
    "duplicate in a list": (
        b'{"sku": "a", "attributes": [{"name": "n", "name": "m"}]}',
        ("product.attributes[0].name", "duplicate_key"),
    ),
    "duplicate unknown": (b'{"sku": "a", "x": 1, "x": 2}', ("product.x", "duplicate_key")),
    "duplicate in the unknown": (b'{"sku": "a", "x": [{"y": 1, "y": 2}]}', ("product.x[0].y", "duplicate_key")),
    "duplicate that hides": (b'{"sku": "a", "name": ":", "name": "B"}', ("product.name", "duplicate_key")),
    "NaN": (b'{"sku": "a", "price": NaN}', ("product.price", "invalid_number")),
    "Infinity": (b'{"sku": "a", "price": Infinity}', ("product.price", "invalid_number")),
    "-Infinity": (b'{"sku": "a", "price": -Infinity}', ("product.price", "invalid_number")),
    "NaN unknown": (b'{"sku": "a", "x": NaN}', ("product.x", "invalid_number")),
    "NaN for a text": (b'{"sku": "a", "name": NaN}', ("product.name", "invalid_number")),
    "NaN in a list": (b'{"sku": "a", "name": [NaN]}', ("product.name[0]", "invalid_number")),
    "NaN for an object": (b'{"sku": "a", "inventory": NaN}', ("product.inventory", "invalid_number")),
    "NaN in objects": (b'{"sku": "a", "attributes": {"x": NaN}}', ("product.attributes.x", "invalid_number")),
    "1e400": (b'{"sku": "a", "price": 1e400}', ("product.price", "invalid_number")),
    "1e-400": (b'{"sku": "a", "price": 1e-400}', ("product.price", "invalid_number")),
    "1e131071": (b'{"sku": "a", "price": 1e131071}', ("product.price", "invalid_number")),
    "1e400 unknown": (b'{"sku": "a", "x": {"y": 1e400}}', ("product.x.y", "invalid_number")),
    "exponent of 20 digits": (b'{"sku": "a", "price": 1e99999999999999999999}', ("product.price", "invalid_number")),
    "5,000 digits": (b'{"sku": "a", "price": %s}' % (b"9" * 5000), ("product.price", "invalid_number")),
    "5,000 digits in quotes": (b'{"sku": "a", "price": "%s"}' % (b"9" * 5000), ("product.price", "invalid_number")),
    "over int64": (b'{"sku": "a", "price": 9223372036854775808}', ("product.price", "too_large")),
    "too precise": (b'{"sku": "a", "price": 0.12345}', ("product.price", "too_precise")),
    "NUL in a value": (b'{"sku": "a", "name": "x\\u0000"}', ("product.name", "invalid_character")),
    "NUL in the key": (b'{"sku": "a\\u0000"}', ("product.sku", "invalid_character")),
    "NUL in a name": (b'{"sku": "a", "x\\u0000": 1}', ("product.x\ufffd", "invalid_character")),
    "NUL in a list": (b'{"sku": "a", "categories": ["\\u0000"]}', ("product.categories[0]", "invalid_character")),
    "NUL unknown": (b'{"sku": "a", "x": {"y": "\\u0000"}}', ("product.x.y", "invalid_character")),
    "high surrogate": (b'{"sku": "a", "name": "\\ud800"}', ("product.name", "invalid_character")),
    "low surrogate": (b'{"sku": "a", "name": "\\udc00x"}', ("product.name", "invalid_character")),
    "surrogates the wrong way": (b'{"sku": "a", "name": "\\udc00\\ud800"}', ("product.name", "invalid_character")),
    "surrogate in a name": (b'{"sku": "a", "\\ud800": 1}', ("product.?", "invalid_character")),
    "surrogate in a list": (b'{"sku": "a", "name": ["\\ud800"]}', ("product.name[0]", "invalid_character")),
}


@pytest.mark.parametrize(("body", "code"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_body_that_is_no_object_is_refused(dsync: Dsync, body: bytes, code: str) -> None:
    assert faults(dsync.post("product", body)) == [("product", code)]
    assert not Product.objects.exists()


@pytest.mark.parametrize(("body", "code"), UNREADABLE.values(), ids=UNREADABLE)
@pytest.mark.parametrize("path", ["/notification", "/entity/product/set_job"])
def test_a_report_that_is_no_object_is_refused(dsync: Dsync, path: str, body: bytes, code: str) -> None:
    assert faults(dsync.send("POST", path, body)) == [("", code)]
    assert not Notification.objects.exists()
    assert not Job.objects.exists()


@pytest.mark.parametrize("path", ["/notification", "/entity/product/set_job"])
def test_a_report_without_a_body_is_refused(dsync: Dsync, path: str) -> None:
    assert faults(dsync.send("POST", path)) == [("Content-Length", "body_missing")]


@pytest.mark.parametrize(("body", "fault"), WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_fault_of_form_is_told_with_its_place(dsync: Dsync, method: str, body: bytes, fault: tuple[str, str]) -> None:
    dsync.post("product", {"sku": "b"})
    assert fault in faults(dsync.write(method, "product", body))
    assert Product.objects.count() == 1


@pytest.mark.parametrize(("body", "fault"), WRONG.values(), ids=WRONG)
def test_a_fault_of_form_is_stored_with_the_delivery(dsync: Dsync, body: bytes, fault: tuple[str, str]) -> None:
    dsync.post("product", body)
    (delivery,) = Delivery.objects.all()
    assert fault in [(stored["treekey"], stored["code"]) for stored in delivery.errors]


def test_invalid_json_is_told_with_line_and_column(dsync: Dsync) -> None:
    answer = dsync.post("product", b'{\n  "sku": "a",\n}')
    assert answer.json()["message"].startswith("Bad Request: The body is not valid JSON at line 3, column 1: ")


@pytest.mark.parametrize(
    "body",
    [
        DEEP % (b"[" * 31, b"]" * 31),
        b'{"sku": "a", "name": "%s"}' % (b"[" * 200),
        b'{"sku": "a", "name": "\\"%s"}' % (b"{" * 200),
        b'{"sku": "a", "name": "\\\\", "description": "%s"}' % (b"[" * 200),
        b'{"sku": "a", "description": "%s"}' % (b"x" * 1_000_000),
        b' \r\n\t{"sku"\t:\n"a"} ',
        b'{"sku": "\\u0061", "name": "\\ud83d\\ude00"}',
        b'{"sku": "a", "name": "\\\\u0000"}',
        b'{"sku": "a", "price": -0.0, "weight": 1E+2}',
        b'{"sku": "a", "price": 0e400}',
        b'{"sku": "a", "name": "\xf0\x9f\x9a\xb2 : \\" {"}',
    ],
    ids=[
        "32 levels",
        "brackets in a text",
        "braces behind a quote",
        "brackets behind a backslash",
        "1 MB text",
        "spaces",
        "escapes",
        "backslash and u0000",
        "exponents",
        "zero with a great exponent",
        "colons in a text",
    ],
)
def test_strict_json_takes_what_json_is(dsync: Dsync, body: bytes) -> None:
    assert dsync.post("product", body).status_code == 201


@pytest.mark.parametrize("digits", ["1234567890.1234", "-1234567890.1234", "0.0001", "1e9", "10.50"])
def test_a_number_is_kept_exactly(dsync: Dsync, digits: str) -> None:
    dsync.post("product", f'{{"sku": "a", "price": {digits}, "weight": "{digits}"}}'.replace('"1e9"', "1e9").encode())
    assert str(Product.objects.get().price) == f"{float(digits):.4f}"
    assert Product.objects.get().weight == Product.objects.get().price


def test_the_published_body_of_set_job_is_invalid_json(dsync: Dsync) -> None:
    answer = dsync.send("POST", "//entity/product/set_job", example("set_job.request"))
    assert "line 3, column 1" in answer.json()["message"]


def test_a_body_of_very_many_faults_tells_the_first_thousand(dsync: Dsync) -> None:
    body = b'{"sku": "a", "categories": [%s]}' % b",".join([b"0"] * 30_000)
    answer = dsync.post("product", body)
    assert len(answer.json()["detail"]["errors"]) == 1000
    assert "more faults than the 1000" in answer.json()["message"]


def test_a_refused_body_costs_one_statement(dsync: Dsync, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    dsync.post("product", b"[]")
    with django_assert_num_queries(1):
        dsync.post("product", b"[]")
