"""SECURITY.md walks through the OWASP API Security Top 10 and names the tests that hold each."""

from __future__ import annotations

import re

import pytest

from tests.trust.naming import NAME, ROOT, missing

RISKS = re.split(r"^### (?=API\d+ )", (ROOT / "SECURITY.md").read_text(), flags=re.MULTILINE)[1:]


def test_all_ten_are_walked_through_in_order() -> None:
    assert [risk.partition(" ")[0] for risk in RISKS] == [f"API{number}" for number in range(1, 11)]


@pytest.mark.parametrize("risk", RISKS, ids=lambda risk: risk.partition("\n")[0])
def test_each_is_held_by_tests_that_exist(risk: str) -> None:
    named = NAME.findall(risk)
    assert len(named) >= 2
    assert missing(named) == []
