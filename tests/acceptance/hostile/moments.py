"""The moments at which a process can be ordered to die: `web-before-answer`, `worker-after-claim` and so on.

They are found by their statements, so that a process dies exactly between two of them and the service's code is as
it is in production.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest, HttpResponse

from tests.acceptance.hostile.orders import obey

BEFORE = {"FROM sync_lane AS lane": "before-claim"}
AFTER = {
    'INSERT INTO "sync_attempt"': "after-claim",  # The lanes are locked and the attempt is durable.
    "AS mark(id bigint": "before-commit",
    "INSERT INTO sync_delivery (": "before-commit",
}
FOLDER = settings.RUN_DIR / "orders"


def pass_moment(name: str) -> None:
    obey(FOLDER, f"{settings.ROLE}-{name}")


def watch_statements(connection: BaseDatabaseWrapper, **_kwargs: Any) -> None:
    if pass_statement not in connection.execute_wrappers:
        connection.execute_wrappers.append(pass_statement)


def pass_statement(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
    pass_moments(BEFORE, sql)
    result = execute(sql, params, many, context)
    pass_moments(AFTER, sql)
    return result


def before_commit(exchange: Callable[..., Any]) -> Callable[..., Any]:
    """Pass the moment at which a round trip, which commits by itself, has not been sent yet."""

    def passing(*args: Any) -> Any:
        pass_moment("before-commit")
        return exchange(*args)

    return passing


def pass_moments(moments: dict[str, str], sql: str) -> None:
    for piece, name in moments.items():
        if piece in sql:
            pass_moment(name)


def after_task(**_kwargs: Any) -> None:
    """Pass the moment between a task's last commit and its acknowledgement to the broker."""
    pass_moment("after-commit")


class Answering:
    """Passes the moment between the commit of a request and its answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method != "GET":
            pass_moment("before-answer")
        return response
