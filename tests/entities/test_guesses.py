"""What is guessed from a sample, and how the guess is marked for the reader."""

from __future__ import annotations

from pathlib import Path

import pytest

from entities.starter.start import Wish
from tests.entities.samples import started

GUESSES = [
    ("a", "a text of at most 32 characters, the longest had 1", "models.CharField(max_length=32, "),
    ("x" * 40, "a text of at most 128 characters, the longest had 40", "models.CharField(max_length=128, "),
    ("x" * 200, "a text of any length, the longest had 200 characters", "models.TextField("),
    ("a\nb", "a text of any length, the longest had 3 characters", "models.TextField("),
    ("0049", "a text of at most 32 characters, the longest had 4", "models.CharField(max_length=32, "),
    ("T10", "a text of at most 32 characters, the longest had 3", "models.CharField(max_length=32, "),
    (
        5,
        "a number of 10 digits and 4 decimals, the longest had 1 and 0",
        "models.DecimalField(max_digits=14, decimal_places=4, ",
    ),
    (
        0.00012,
        "a number of 7 digits and 7 decimals, the longest had 1 and 5",
        "models.DecimalField(max_digits=14, decimal_places=7, ",
    ),
    (True, "a boolean", "models.BooleanField("),
    ("Y", 'a boolean that is spelled "Y" and "N"', "models.BooleanField("),
    ("a@example.org", "an email of at most 254 characters, the longest had 13", "models.EmailField(max_length=254, "),
    ("https://a.org", "a url of at most 254 characters, the longest had 13", "models.URLField(max_length=254, "),
    ("2026-01-31", "a date", "models.DateField("),
    ("31.01.2026", "a date in the form %d.%m.%Y", "models.DateField("),
    ("01/31/2026 10:30", "a datetime in the form %m/%d/%Y %H:%M", "models.DateTimeField("),
    ("2026-01-31 10:30", "a datetime; it is UTC where no offset comes", "models.DateTimeField("),
    ("10:30", "a time", "models.TimeField("),
    (None, "a text, no value came", "models.CharField(max_length=255, "),
    ([], "a list, each a text, no value came", "ArrayField(models.CharField(max_length=255), default=list, "),
    ([1, "2"], "a list, each a number of 10 digits", "ArrayField("),
]


@pytest.mark.parametrize(("value", "guess", "code"), GUESSES, ids=[str(row[0])[:20] for row in GUESSES])
def test_type_is_guessed_and_marked(root: Path, value: object, guess: str, code: str) -> None:
    lines = started(root, {"sku": "k", "field": value}).splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith("    field = "))
    assert lines[place].startswith(f"    field = {code}")
    assert lines[place - 1].startswith(f"    # guessed: {guess}")


KEYS: list[tuple[object, str | None, str]] = [
    ({"name": "a", "sku": "b"}, None, "sku"),
    ({"name": "a", "depot_id": "b"}, None, "depot_id"),
    ({"zone_code": "a", "depot_id": "b"}, None, "depot_id"),
    ({"zone_code": "a", "name": "b"}, None, "zone_code"),
    ({"code": "a", "id": "b"}, None, "depot_id"),
    ([{"code": "a", "sku": "a"}, {"code": "b", "sku": "a"}], None, "code"),
    ([{"code": "a", "sku": "a"}, {"sku": "b"}], None, "sku"),
    ({"name": "a", "sku": "b"}, "name", "name"),
]


@pytest.mark.parametrize(("records", "chosen", "key"), KEYS, ids=[str(row[0])[:50] for row in KEYS])
def test_key_is_the_first_name_that_sounds_like_one(root: Path, records: object, chosen: str | None, key: str) -> None:
    model = started(root, records, Wish("depot", key=chosen))
    assert f'        key = "{key}"' in model.splitlines()
    assert ("# guessed: the key" in model) == (chosen is None)


def test_digits_of_a_table_are_numbers_except_the_key_and_codes(root: Path) -> None:
    model = started(root, "code,qty,ean,zip\n1,5,4012345678901234,01\n2,,4012345678901235,02\n", name="sample.csv")
    assert model.count("DecimalField") == 1
    assert "qty = models.DecimalField" in model


@pytest.mark.parametrize("delimiter", list(",;\t|"))
def test_delimiter_of_a_table_is_found(root: Path, delimiter: str) -> None:
    rows = [["code", "name", "note"], ["a", "b", "x y"], ["c", "d", "z"]]
    model = started(root, "\n".join(map(delimiter.join, rows)), name="sample.csv")
    assert [line.split()[0] for line in model.splitlines() if "CharField" in line] == ["code", "name", "note"]
