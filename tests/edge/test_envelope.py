from __future__ import annotations

from decimal import Decimal

import psycopg
import pytest
from django.db import DataError, InterfaceError, InternalError, OperationalError, ProgrammingError
from django.test import RequestFactory

from connector.edge.envelope import answer
from connector.edge.errors import NotFound
from connector.edge.shapes import error_answer

ASKED = RequestFactory().get("/datalayout")


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "exc",
    [OperationalError(), InterfaceError(), caused(InternalError(), psycopg.errors.ReadOnlySqlTransaction())],
    ids=["operational", "interface", "read-only"],
)
def test_an_outage_of_the_database_is_unavailable(exc: Exception) -> None:
    response = error_answer(ASKED, exc)
    assert (response.status_code, response["Retry-After"]) == (503, "5")


@pytest.mark.parametrize(
    "exc",
    [
        DataError(),
        ProgrammingError(),
        InternalError(),
        caused(InternalError(), psycopg.errors.InFailedSqlTransaction()),
        KeyError("secret"),
    ],
    ids=["data", "programming", "internal", "failed transaction", "ours"],
)
def test_what_nobody_expected_is_a_500_that_tells_nothing(exc: Exception) -> None:
    assert error_answer(ASKED, exc).content == b'{"status":500,"message":"Internal Server Error","detail":{},"data":{}}'


def test_a_contract_error_is_answered_as_it_says() -> None:
    assert error_answer(ASKED, NotFound()).status_code == 404


def test_a_decimal_leaves_as_a_number() -> None:
    assert answer(200, data={"x": Decimal("1.50")}).content.endswith(b'"data":{"x":1.50}}')
