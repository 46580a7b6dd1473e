"""The data sources on the page of the partner whose they are."""

from __future__ import annotations

import pytest
from django.test import Client as Browser
from django.urls import reverse

from partners.models import Partner
from tests.conftest import operator
from tests.datasources.factories import make_partner, make_source

pytestmark = pytest.mark.django_db
SOURCE = "FTP ftp.example.com/sales"


def shown(browser: Browser, partner: Partner) -> str:
    return browser.get(reverse("admin:partners_partner_change", args=[partner.pk])).content.decode()


def test_page_of_a_partner_shows_its_data_sources(admin_client: Browser) -> None:
    partner = make_partner()
    make_source(partner)
    assert SOURCE in shown(admin_client, partner)
    assert SOURCE not in shown(admin_client, make_partner("Other"))


@pytest.mark.parametrize(
    ("permissions", "seen"),
    [(("view_partner",), False), (("view_partner", "view_datasource"), True)],
    ids=["may-not", "may"],
)
def test_data_sources_are_for_those_who_may_see_them(permissions: tuple[str, ...], seen: bool) -> None:  # noqa: FBT001
    partner = make_source().partner
    assert (SOURCE in shown(operator(*permissions), partner)) is seen


def test_page_of_a_partner_leads_to_all_its_data_sources(admin_client: Browser) -> None:
    partner = make_partner()
    for _ in range(21):
        make_source(partner)
    assert f"/admin/datasources/datasource/?q=partner:{partner.pk}" in shown(admin_client, partner)


def test_sources_are_searched_by_their_partner(admin_client: Browser) -> None:
    source = make_source(make_partner())
    make_source(make_partner("Other"))
    answer = admin_client.get(f"/admin/datasources/datasource/?q=partner:{source.partner_id}")
    assert list(answer.context["cl"].result_list) == [source]
