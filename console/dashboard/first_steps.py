"""What to do first, while nothing has come yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from connector.edge.models import Scope, Token
from datasources.models import DataSource


@dataclass(frozen=True, slots=True)
class Step:
    title: str
    how: str
    command: str = ""
    url: str = ""
    is_done: bool = False


def steps(request: HttpRequest) -> list[Step]:
    """Return the steps, each with a link where the user may see its page."""
    return [
        Step(
            "Give Dsync a token",
            "One for each client; it is shown once.",
            "manage.py issue_token dsync",
            url_if(request, "edge", "token"),
            is_done=Token.objects.filter(scope=Scope.WRITE).exists(),
        ),
        Step(
            "Have Dsync read the data layout",
            "It tells every entity, its fields and its Entity-Token.",
            "GET /datalayout",
        ),
        Step("Have a first record sent", "It stands here within seconds.", "POST /entity/product"),
        Step(
            "Or take partners' files in",
            "A data source is a folder of a partner's that is looked at on a schedule.",
            url=url_if(request, "datasources", "datasource"),
            is_done=DataSource.objects.exists(),
        ),
        Step("See all of it played", "Dsync's side and a partner's, against this service.", "make demo"),
    ]


def url_if(request: HttpRequest, room: str, model: str) -> str:
    user: Any = request.user
    return reverse(f"admin:{room}_{model}_changelist") if user.has_perm(f"{room}.view_{model}") else ""
