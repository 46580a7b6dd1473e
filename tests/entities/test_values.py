"""Every type: what is taken, how it leaves, and what is refused (contract section 2, "Values").

Values are JSON texts, so that 1.10 and 1e2 are what stands in the body.
"""

from __future__ import annotations

import json

import pytest

from tests.entities.everything import KEY, fault_codes, read, sent, served_text, stored

pytestmark = pytest.mark.usefixtures("everything")

TAKEN = [
    ("text", '"abc"', '"abc"'),
    ("text", '"äöüß€"', '"äöüß€"'),
    (
        "text",
        '"\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600"',
        '"\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600"',
    ),
    ("text", '""', '""'),
    ("text", '" a "', '" a "'),
    ("text", r'"\u00e4\"\\"', r'"ä\"\\"'),
    ("text", r'"\\u00"', r'"\\u00"'),
    ("text", '"a:b"', '"a:b"'),
    ("long_text", '"' + "x" * 100_000 + '"', '"' + "x" * 100_000 + '"'),
    ("slug", '"a-b_1"', '"a-b_1"'),
    ("chosen", '"new"', '"new"'),
    ("number", "12.5", "12.5"),
    ("number", "12.50", "12.5"),
    ("number", '"12.50"', "12.5"),
    ("number", "0", "0"),
    ("number", "-0.0", "0"),
    ("number", "0.0001", "0.0001"),
    ("number", "1e2", "100"),
    ("number", "0e300", "0"),
    ("number", "1E+2", "100"),
    ("number", "10e-1", "1"),
    ("number", '"007"', "7"),
    ("number", "9999999999.9999", "9999999999.9999"),
    ("number", "-9999999999.9999", "-9999999999.9999"),
    ("number", "1.00000000000000000000", "1"),
    ("fraction", "0.9999", "0.9999"),
    ("huge", "12345678901234567890", "12345678901234567890"),
    ("huge", "-123456789012345678901234567890.0123456789", "-123456789012345678901234567890.0123456789"),
    ("huge", '"98765432109876543210"', "98765432109876543210"),
    ("huge", "1e20", "100000000000000000000"),
    ("huge", "18446744073709551616", "18446744073709551616"),
    ("small", "32767", "32767"),
    ("small", "-32768", "-32768"),
    ("whole", "2147483647", "2147483647"),
    ("whole", "1.0", "1"),
    ("whole", '"12"', "12"),
    ("big", "9223372036854775807", "9223372036854775807"),
    ("big", "-9223372036854775808", "-9223372036854775808"),
    ("count", "0", "0"),
    ("ranked", "2", "2"),
    ("ranked", "2.0", "2"),
    ("url", '"https://example.org/a?b=c#d"', '"https://example.org/a?b=c#d"'),
    ("email", '"name@example.org"', '"name@example.org"'),
    ("day", '"2024-02-29"', '"2024-02-29"'),
    ("german_day", '"29.02.2024"', '"29.02.2024"'),
    ("german_day", '"1.2.2024"', '"01.02.2024"'),
    ("clock", '"23:59:59"', '"23:59:59"'),
    ("clock", '"07:05"', '"07:05:00"'),
    ("clock", '"07:05:01.250000"', '"07:05:01.25"'),
    ("short_clock", '"07:05"', '"07:05"'),
    ("moment", '"2026-01-31T23:59:59Z"', '"2026-01-31T23:59:59+00:00"'),
    ("moment", '"2026-01-31T23:59:59"', '"2026-01-31T23:59:59+00:00"'),
    ("moment", '"2026-01-31 23:59:59"', '"2026-01-31T23:59:59+00:00"'),
    ("moment", '"2026-01-31T23:59:59.5-05:30"', '"2026-02-01T05:29:59.5+00:00"'),
    ("moment", '"2026-01-31"', '"2026-01-31T00:00:00+00:00"'),
    ("us_moment", '"01/31/2026 11:05 PM"', '"01/31/2026 11:05 PM"'),
    ("flag", "true", "true"),
    ("flag", "false", "false"),
    ("spelled", '"Yes"', '"Yes"'),
    ("spelled", '"No"', '"No"'),
    ("spelled", "true", '"Yes"'),
    ("spelled", "false", '"No"'),
    ("group", '{"text": "a", "inner": {"flag": true}}', '{"text": "a", "number": null, "inner": {"flag": true}}'),
    ("group", "{}", '{"text": null, "number": null, "inner": {"flag": null}}'),
    ("texts", '["a", "", "a"]', '["a", "", "a"]'),
    ("texts", "[]", "[]"),
    ("texts", r'["{}", "\",", "NULL"]', r'["{}", "\",", "NULL"]'),
    ("numbers", '[1.10, "2.50", -0.0, 1e2]', "[1.1, 2.5, 0, 100]"),
    ("numbers", "[]", "[]"),
    ("wholes", "[3, 1, 2]", "[3, 1, 2]"),
    ("urls", '["https://a.example", "http://b.example/x"]', '["https://a.example", "http://b.example/x"]'),
    ("emails", '["a@example.org"]', '["a@example.org"]'),
    ("days", '["2026-01-31", "2025-01-01"]', '["2026-01-31", "2025-01-01"]'),
    ("german_days", '["31.01.2026", "01.01.2025"]', '["31.01.2026", "01.01.2025"]'),
    ("german_days", "[]", "[]"),
    ("clocks", '["10:30:00"]', '["10:30:00"]'),
    ("moments", '["2026-01-31T10:00:00+02:00"]', '["2026-01-31T08:00:00+00:00"]'),
    ("flags", "[true, false]", "[true, false]"),
    ("spelled_list", '["on", false]', '["on", "off"]'),
    ("lines", "[]", "[]"),
    (
        "lines",
        '[{"sku": "a", "qty": 12345678.1230, "day": "2026-01-31", "at": "2026-01-31T10:00:00.500", "spelled": "No", "tags": ["x"], "size": {"width": 1.50}}]',
        '[{"sku": "a", "qty": 12345678.123, "day": "2026-01-31", "at": "2026-01-31T10:00:00.5+00:00", "spelled": "No", "tags": ["x"], "size": {"width": 1.5}}]',
    ),
    (
        "lines",
        '[{"sku": "a"}]',
        '[{"sku": "a", "qty": null, "day": null, "at": null, "spelled": "Yes", "tags": [], "size": {"width": null}}]',
    ),
    (
        "lines",
        '[{"sku": "a", "qty": null, "day": "", "spelled": null, "tags": null, "size": null}]',
        '[{"sku": "a", "qty": null, "day": null, "at": null, "spelled": "Yes", "tags": [], "size": {"width": null}}]',
    ),
]

REFUSED = [
    ("text", "1", "invalid_text"),
    ("text", "true", "invalid_text"),
    ("text", '"abcdef"', "too_long"),
    ("text", "{}", "invalid_text"),
    ("text", '["a"]', "not_a_single_value"),
    ("slug", '"a b"', "invalid"),
    ("chosen", '"old"', "invalid_choice"),
    ("chosen", '""', "invalid_choice"),
    ("number", "true", "invalid_number"),
    ("number", '"abc"', "invalid_number"),
    ("number", '"1e2"', "invalid_number"),
    ("number", '"1,5"', "invalid_number"),
    ("number", '" 1"', "invalid_number"),
    ("number", '"+1"', "invalid_number"),
    ("number", '"NaN"', "invalid_number"),
    ("number", '"\u0661"', "invalid_number"),
    ("number", "NaN", "invalid_number"),
    ("number", "-Infinity", "invalid_number"),
    ("number", "1e400", "invalid_number"),
    ("number", "1e-400", "invalid_number"),
    ("number", "{}", "invalid_number"),
    ("number", "[1]", "not_a_single_value"),
    ("number", "0.00001", "too_precise"),
    ("number", "10000000000", "too_large"),
    ("fraction", "1", "too_large"),
    ("huge", "1" + "0" * 30, "too_large"),
    ("huge", '"0.' + "0" * 308 + '1"', "invalid_number"),
    ("small", "32768", "out_of_range"),
    ("small", "-32769", "out_of_range"),
    ("whole", "2147483648", "out_of_range"),
    ("whole", "1.5", "too_precise"),
    ("big", "9223372036854775808", "out_of_range"),
    ("count", "-1", "out_of_range"),
    ("ranked", "3", "invalid_choice"),
    ("url", '"example"', "invalid_url"),
    ("url", '"javascript:alert(1)"', "invalid_url"),
    ("url", '"https://example.org/' + "x" * 200 + '"', "too_long"),
    ("url", "1", "invalid_url"),
    ("email", '"name"', "invalid_email"),
    ("email", '"a@b@c.org"', "invalid_email"),
    ("email", "[]", "not_a_single_value"),
    ("day", '"2026-02-29"', "invalid_date"),
    ("day", '"31.01.2026"', "invalid_date"),
    ("day", '"2026-01-31T10:00:00"', "invalid_date"),
    ("day", "20260131", "invalid_date"),
    ("german_day", '"2026-01-31"', "invalid_date"),
    ("german_day", '"31.02.2026"', "invalid_date"),
    ("german_day", '"1\u0661.01.2026"', "invalid_date"),
    ("clock", '"24:00:01"', "invalid_time"),
    ("clock", '"10:00+02:00"', "invalid_time"),
    ("short_clock", '"07:05:01"', "invalid_time"),
    ("moment", '"yesterday"', "invalid_datetime"),
    ("moment", '"0001-01-01T00:00:00+14:00"', "invalid_datetime"),
    ("moment", "1760000000", "invalid_datetime"),
    ("us_moment", '"13/31/2026 11:05 PM"', "invalid_datetime"),
    ("flag", "1", "invalid_boolean"),
    ("flag", '"true"', "invalid_boolean"),
    ("spelled", '"yes"', "invalid_boolean"),
    ("spelled", "[]", "not_a_single_value"),
    ("group", "[]", "invalid_object"),
    ("group", '"a"', "invalid_object"),
    ("texts", '"a"', "not_a_list"),
    ("texts", '""', "not_a_list"),
    ("texts", "{}", "not_a_list"),
    ("lines", "{}", "not_a_list"),
]

REFUSED_INSIDE = [
    ("group", '{"text": 1}', {"group.text": "invalid_text"}),
    ("group", '{"inner": {"flag": 1}}', {"group.inner.flag": "invalid_boolean"}),
    ("texts", '["a", null]', {"texts[1]": "null_in_list"}),
    ("texts", '["a", "abcdef", 1]', {"texts[1]": "too_long", "texts[2]": "invalid_text"}),
    ("texts", '[["a"]]', {"texts[0]": "not_a_single_value"}),
    ("numbers", '[1, "x", ""]', {"numbers[1]": "invalid_number", "numbers[2]": "null_in_list"}),
    ("german_days", '["2026-01-31"]', {"german_days[0]": "invalid_date"}),
    ("lines", "[null]", {"lines[0]": "invalid_object"}),
    ("lines", '[{"sku": "a"}, {}]', {"lines[1].sku": "required"}),
    ("lines", '[{"sku": null}]', {"lines[0].sku": "required"}),
    ("lines", '[{"sku": 1, "qty": "x"}]', {"lines[0].sku": "invalid_text", "lines[0].qty": "invalid_number"}),
    ("lines", '[{"sku": "a", "tags": ["abcdef"]}]', {"lines[0].tags[0]": "too_long"}),
    ("lines", '[{"sku": "a", "size": {"width": "x"}}]', {"lines[0].size.width": "invalid_number"}),
    ("lines", '[{"sku": "a", "size": 1}]', {"lines[0].size": "invalid_object"}),
]

NULLS = [
    *(
        (name, "null", "null")
        for name in ("text", "chosen", "number", "whole", "url", "email", "day", "clock", "moment")
    ),
    *((name, "null", "null") for name in ("us_moment", "flag", "spelled", "numbers")),
    *(
        (name, '""', "null")
        for name in ("number", "whole", "url", "email", "day", "german_day", "clock", "short_clock")
    ),
    *((name, '""', "null") for name in ("moment", "us_moment", "flag", "spelled", "numbers")),
    *((name, text, "[]") for name in ("texts", "lines") for text in ["null"]),
    *((name, text, "[]") for name in ("days", "spelled_list", "lines") for text in ['""']),
    *(("group", text, '{"text": null, "number": null, "inner": {"flag": null}}') for text in ("null", '""')),
    ("group", '{"inner": "", "number": ""}', '{"text": null, "number": null, "inner": {"flag": null}}'),
    ("settled", "null", '"open"'),
]


def ids(table: list[tuple[str, str, object]]) -> list[str]:
    return [f"{name}-{text[:40].encode('unicode_escape').decode()}" for name, text, _ in table]


@pytest.mark.parametrize(("name", "text", "leaves"), TAKEN, ids=ids(TAKEN))
def test_value_leaves_as_the_contract_says(name: str, text: str, leaves: str) -> None:
    stored(sent(text, name))
    assert member_text(served_text(), name) == canonical(leaves)


@pytest.mark.parametrize(("name", "text", "leaves"), NULLS, ids=ids(NULLS))
def test_value_is_cleared_by_null_and_by_an_empty_text(name: str, text: str, leaves: str) -> None:
    stored(sent(text, name))
    assert member_text(served_text(), name) == canonical(leaves)


@pytest.mark.parametrize(("name", "text", "code"), REFUSED, ids=ids(REFUSED))
def test_value_is_refused_with_its_code(name: str, text: str, code: str) -> None:
    assert fault_codes(sent(text, name)) == {name: code}


@pytest.mark.parametrize(("name", "text", "codes"), REFUSED_INSIDE, ids=ids(REFUSED_INSIDE))
def test_value_is_refused_at_its_place_inside_another(name: str, text: str, codes: dict[str, str]) -> None:
    assert fault_codes(sent(text, name)) == codes


def test_absent_fields_take_their_defaults_on_create() -> None:
    item = stored({"code": KEY})
    assert item["settled"] == "open"
    assert item["texts"] == item["lines"] == []
    assert {item[name] for name in ("text", "number", "flag", "moment", "product")} == {None}


def test_absent_fields_are_not_among_the_values_read() -> None:
    assert read({"code": KEY}).values == {"code": KEY}


def canonical(text: str) -> str:
    """Return a JSON text without what is free in JSON; numbers stay as they are written."""
    return json.dumps(json.loads(text, parse_float=Literal, parse_int=Literal), default=str, sort_keys=True)


def member_text(item: str, name: str) -> str:
    return json.dumps(json.loads(item, parse_float=Literal, parse_int=Literal)[name], default=str, sort_keys=True)


class Literal:
    """A number as it is written."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return f"number {self.text}"
