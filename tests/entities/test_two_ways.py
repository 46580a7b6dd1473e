"""The quick way of the validator against the thorough one, on payloads that nobody thought of."""

from __future__ import annotations

import json
from datetime import UTC
from typing import Any

import msgspec
import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from connector.edge.ordinary_json import NOT_ORDINARY
from entities import store
from entities.schema.fields import FieldSchema
from entities.schema.validator import Reading
from tests.edge.test_strict_json import agrees
from tests.entities.everything import KEY, SCHEMA, read, served


class Number(str):
    """The text of a JSON number."""

    __slots__ = ()


texts = st.text(st.characters(codec="utf-8"), max_size=7)
odd_texts = st.text(st.sampled_from('a:"\\ \x00\ud800\udfff\u0661{}\n\U0001f600'), max_size=6)
numbers = st.one_of(
    st.integers(-(2**70), 2**70).map(str),
    st.decimals(allow_nan=False, allow_infinity=False, places=4).map(str),
    st.floats().map(str).map(lambda text: {"inf": "Infinity", "nan": "NaN", "-inf": "-Infinity"}.get(text, text)),
    st.from_regex(r"-?(0|[1-9][0-9]{0,12})(\.[0-9]{1,5})?([eE][+-]?[0-9]{1,4})?", fullmatch=True),
).map(Number)
moments = st.one_of(st.dates(), st.times(), st.datetimes()).map(lambda value: value.isoformat())
odd = st.sampled_from(["", "Yes", "01.02.2026", "31.02.2026", "12.50", "1e5", "x@y", "2026-01-31"])
scalars = st.one_of(st.none(), st.booleans(), numbers, texts, odd_texts, moments, odd)


def written(value: Any) -> str:
    """Return a value as JSON; an object is a list of pairs, so that a key may come twice."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, tuple):
        return "{" + ", ".join(f"{json.dumps(name)}: {written(member)}" for name, member in value) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return json.dumps(value)


FITTING: dict[str, st.SearchStrategy[Any]] = {
    "text": st.text(st.sampled_from('ab:"\\é\n\U0001f600'), max_size=5),
    "number": st.one_of(st.integers(0, 9999), st.decimals(0, "0.9999", places=4)).map(Number),
    "boolean": st.booleans(),
    "url": st.sampled_from(["https://example.org/a?b=c", "http://[::1]/"]),
    "email": st.just("name@example.org"),
    "date": st.dates(),
    "time": st.times(),
    "datetime": st.datetimes(timezones=st.just(UTC)),
}


def fitting(field: FieldSchema) -> st.SearchStrategy[Any]:
    """Return values that a field takes, most of the time."""
    if field.children:
        return objects(field.children)
    if choices := getattr(field.reader, "choices", None):
        return st.sampled_from(sorted(choices)).map(lambda value: value if isinstance(value, str) else Number(value))
    if field.type in {"date", "time", "datetime"} or field.bool_settings:
        return FITTING[field.type].map(field.reader.to_json)
    return FITTING[field.type]


def values_of(field: FieldSchema) -> st.SearchStrategy[Any]:
    fits = st.lists(fitting(field), max_size=3) if field.multiple else fitting(field)
    anything = st.one_of(scalars, st.lists(scalars, max_size=2), st.just(()), st.tuples(st.tuples(texts, scalars)))
    return st.integers(0, 19).flatmap(lambda die: anything if die == 0 else st.none() if die == 1 else fits)


def objects(fields: tuple[FieldSchema, ...]) -> st.SearchStrategy[Any]:
    """Return objects of some known members, all of the required ones, and now and then one that is not known."""
    required = [st.tuples(st.just(field.name), values_of(field)) for field in fields if field.required]
    known = st.sampled_from(fields).flatmap(lambda field: st.tuples(st.just(field.name), values_of(field)))
    chosen = st.lists(known, max_size=4, unique_by=lambda member: member[0])
    unknown = st.tuples(st.one_of(texts, st.sampled_from([field.name for field in fields])), scalars)
    extra = st.integers(0, 9).flatmap(lambda die: st.tuples(unknown) if die == 0 else st.just(()))
    return st.builds(lambda first, others, last: (*first, *others, *last), st.tuples(*required), chosen, extra)


bodies = objects(SCHEMA.fields[1:]).map(lambda members: written((("code", KEY), *members)))
settled = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def quick(raw: bytes) -> Reading | None:
    try:
        return SCHEMA.validator.quick(raw)
    except NOT_ORDINARY:
        return None


@settled
@given(bodies.map(str.encode))
@example(b'{"code": "k", "number": 1.' + b"0" * 1500 + b"}")
@example(b'{"code": "k", "huge": 1e400}')
@example(b'{"code": "k", "number": 0e99999999999999999999}')
@example(b'{"code": "k", "text": "\\udc00"}')
@example(b'{"code": "k", "text": "\\ud800a"}')
@example(b'{"code": "k", "text": "\\ud800\\u0041"}')
@example(b'{"code": "k", "text": "a", "text": "b"}')
@example(b'{"code": "k", "text": "\\": ", "text": "b"}')
@example(b'{"code": "k", "lines": [{"sku": "a", "sku": "b"}]}')
@example(b'{"code": "k", "group": ""}')
@example(b'\xef\xbb\xbf{"code": "k"}')
@example(b'{"code": "k"} ')
@example(b'{"code": "k"}x')
@example(b'["code"]')
def test_quick_way_declines_or_agrees_with_the_thorough_way(raw: bytes) -> None:
    found, thorough = quick(raw), SCHEMA.validator.thorough(raw)
    assert found in (None, thorough)
    assert agrees(raw)


broken = st.builds(
    lambda body, place, bits: body[: place % len(body)] + bits + body[place % len(body) + len(bits) :],
    bodies.map(str.encode),
    st.integers(0, 10_000),
    st.one_of(
        st.binary(max_size=2),
        st.sampled_from([b'"\\ud800"', b"NaN", b"1e999", b'"\\u0000"', b"[[", b"{}", b'"']),
    ),
)


@settled
@given(broken)
@example(b'{"code": "k", "lines": [{"sku": "\\ud800"}]}')
@example(b'{"code": "k", "flag": {"a": NaN}}')
def test_faults_of_any_body_can_be_told(raw: bytes) -> None:
    reading = read(raw)
    assert msgspec.json.decode(msgspec.json.encode(reading.faults), type=list[dict[str, Any]]) is not None
    assert msgspec.json.encode(reading.ignored)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"code": "k", "number": 1.5, "lines": [{"sku": "a"}]}',
        b'{"code": "k", "text": "a:b"}',
        b'{"code": "k", "text": null}',
    ],
    ids=["list", "colon", "null"],
)
def test_quick_way_reads_ordinary_bodies(raw: bytes) -> None:
    assert quick(raw) is not None


@settled
@given(body=bodies)
@pytest.mark.usefixtures("everything")
def test_valid_record_sent_as_it_was_served_stays_the_same(body: str) -> None:
    judged = read(body.encode())
    if judged.faults or judged.values.get("product"):
        return
    with transaction.atomic():
        assert store.create(SCHEMA, judged.values, judged.extra, delivery=1)
        (item,) = served()
        again = read(msgspec.json.Encoder(decimal_format="number").encode(item))
        assert again.faults == []
        assert store.update(SCHEMA, again.values, {}, delivery=2)
        assert served() == [item]
        transaction.set_rollback(True)
