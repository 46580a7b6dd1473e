"""`manage.py create_partner`: a partner with a login and a touchpoint, made or found."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command

from partners.models import Change, Login, Member, Partner, Touchpoint
from partners.touchpoints import touchpoint_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def create(monkeypatch: pytest.MonkeyPatch) -> Any:
    def run(**given: str) -> list[str]:
        given = {"name": "Shop", "principal": "shop", "touchpoint": "web", "password": "only-for-tests\n"} | given
        monkeypatch.setattr("sys.stdin", StringIO(given.pop("password")))
        name, out = given.pop("name"), StringIO()
        call_command("create_partner", name, password_stdin=True, stdout=out, **given)
        return out.getvalue().splitlines()

    return run


def test_command_prints_the_token_alone_on_its_last_line(create: Any) -> None:
    lines = create()
    touchpoint = touchpoint_of("web", lines[-1])
    assert touchpoint is not None
    assert all(lines[-1] not in line for line in lines[:-1])


def test_partner_is_an_active_publisher_of_the_default_company(create: Any) -> None:
    create()
    partner = Partner.objects.get()
    assert (partner.name, partner.type, partner.status) == ("Shop", ["publisher"], "active")
    assert (partner.company.name, partner.manager_ids) == ("default", [Member.objects.get().pk])
    assert Change.objects.get().who == "manage.py create_partner"


def test_command_finds_what_there_is(create: Any) -> None:
    first, second = create()[-1], create(password="another-one\n")[-1]
    assert [model.objects.count() for model in (Partner, Login, Touchpoint)] == [1, 1, 1]
    assert check_password("another-one", Login.objects.get().password)
    assert (touchpoint_of("web", first), touchpoint_of("web", second)) == (None, Touchpoint.objects.get())


def test_partners_of_two_companies_share_a_name_and_a_code(create: Any) -> None:
    create()
    create(company="Acme", principal="acme")
    assert Partner.objects.count() == Touchpoint.objects.count() == 2


def test_existing_partner_is_not_changed(create: Any) -> None:
    create()
    Partner.objects.update(status="suspended")
    create(touchpoint="app")
    assert Partner.objects.get().status == "suspended"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"name": ""}, "The name must have 1 to 255"),
        ({"principal": "a:b"}, "The principal must have no colon"),
        ({"principal": "a\nb"}, "The principal must have 1 to 150"),
        ({"touchpoint": "x" * 101}, "The touchpoint must have 1 to 100"),
        ({"password": "abc\n"}, "The password must have 4 to 100"),
        ({"password": ""}, "The password must have 4 to 100"),
        ({"company": " "}, "A company's name has 1 to 255"),
        ({"name": "Other"}, "The principal is that of another partner."),
    ],
    ids=str,
)
def test_command_says_what_cannot_be_and_makes_nothing(create: Any, given: dict[str, str], sentence: str) -> None:
    create(name="First")
    with pytest.raises(CommandError, match=sentence) as error:
        create(**given)
    assert "only-for-tests" not in str(error.value)
    assert Partner.objects.count() == 1
