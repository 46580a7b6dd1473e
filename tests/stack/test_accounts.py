"""The first tokens of a development stack: kept while they are good."""

from __future__ import annotations

import pytest
from django.utils import timezone

from connector.edge.models import Scope, Token
from connector.edge.tokens import caller_of, forget_callers, issue
from connector.stack.accounts import COMPANY, keep_hood_token, keep_token
from partners.companies import obtain_company
from partners.models import Company

pytestmark = pytest.mark.django_db
KEEPERS = {"dsync": (keep_token, "write"), "hood": (keep_hood_token, "hood")}


@pytest.fixture(params=KEEPERS.values(), ids=KEEPERS)
def keeper(request: pytest.FixtureRequest) -> object:
    return request.param


def test_token_is_made_once_and_kept_while_it_is_good(keeper: tuple) -> None:
    keep, scope = keeper
    token = keep("")
    assert keep(token) == token
    caller = caller_of(token)
    assert caller
    assert caller.scope == scope


def test_token_that_ended_is_replaced(keeper: tuple) -> None:
    keep, _ = keeper
    token = keep("")
    Token.objects.update(revoked_at=timezone.now())
    forget_callers()
    assert caller_of(keep(token))


def test_token_of_another_contract_is_replaced(keeper: tuple) -> None:
    keep, scope = keeper
    tenant = "" if scope == "hood" else "7"
    other = issue(client_name="other", scope=Scope.HOOD if tenant else Scope.WRITE, tenant=tenant)[1]
    assert keep(other) != other


def test_token_of_hood_opens_a_company_with_a_member_and_leaves_the_published_number_free() -> None:
    caller = caller_of(keep_hood_token(""))
    assert caller
    company = Company.objects.get(name=COMPANY)
    assert caller.tenant == str(company.pk)
    assert company.members.exists()
    assert obtain_company("Other", member_id=1000220)[1].pk == 1000220
