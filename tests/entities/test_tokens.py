"""Entity tokens: persistent, unique, and changed by rotation alone (contract section 2, "Data layout")."""

from __future__ import annotations

import re
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from entities.models import EntityToken
from entities.schema import schemas
from entities.tokens import entity_tokens, forget_tokens, rotate

pytestmark = pytest.mark.django_db


def test_token_has_the_form_of_the_contract(settings: Any) -> None:
    settings.CONNECTOR_SOURCE = "source-9"
    assert entity_tokens().keys() == schemas().keys()
    for name, token in entity_tokens().items():
        assert re.fullmatch(rf"source-9-{name}-[0-9a-f]{{32}}", token)


def test_tokens_stay_when_they_are_asked_for_again() -> None:
    before = dict(entity_tokens())
    forget_tokens()
    assert entity_tokens() == before


def test_tokens_are_asked_for_once_in_a_while(django_assert_num_queries: Any) -> None:
    entity_tokens()
    with django_assert_num_queries(0):
        entity_tokens()


def test_rotation_changes_one_token_at_once() -> None:
    before = dict(entity_tokens())
    token = rotate("product")
    assert token != before["product"]
    assert entity_tokens() == before | {"product": token}


def test_token_of_an_entity_that_is_gone_stays_stored_and_is_not_told() -> None:
    EntityToken.objects.create(entity="gone", token="gone")
    assert "gone" not in entity_tokens()
    assert EntityToken.objects.filter(entity="gone").exists()


def test_rotation_command_prints_the_new_token() -> None:
    before = dict(entity_tokens())
    out = StringIO()
    call_command("rotate_entity_token", "product", stdout=out)
    assert entity_tokens() == before | {"product": out.getvalue().strip()}
    assert entity_tokens()["product"] != before["product"]


def test_rotation_command_names_the_entities_when_there_is_no_such() -> None:
    with pytest.raises(CommandError, match="no entity 'nothing'; there are company, order,"):
        call_command("rotate_entity_token", "nothing")
