"""Companies, members and partners in the admin."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client as Browser

from partners.models import Campaign, Change, Company, Deal, Login, Member, Touchpoint
from tests.audit import deeds
from tests.conftest import operator
from tests.partners.hood import Hood
from tests.partners.statements import statements

pytestmark = pytest.mark.django_db
Row = dict[str, Any]
ROOM = "/admin/partners"


def page(noun: str, row: Row) -> str:
    return f"{ROOM}/{noun}/{row['id']}/change/"


def operation(noun: str, row: Row, name: str) -> str:
    return f"{ROOM}/{noun}/{row['id']}/{name}/"


def text(browser: Browser, url: str) -> str:
    answer = browser.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def listed(browser: Browser, noun: str, query: str = "") -> list[str]:
    return [str(row.pk) for row in browser.get(f"{ROOM}/{noun}/{query}").context["cl"].result_list]


def test_page_of_a_partner_shows_all_that_hangs_on_it(
    hood: Hood, admin_client: Browser, partner: Row, campaign: Row
) -> None:
    hood.create_contact(partner, value="further@example.com")
    hood.change(f"/partners/{partner['id']}", name="<b>Renamed</b>", contact={"skype": "own"})
    shown = text(admin_client, page("partner", partner))
    for expected in (
        "further@example.com",
        "&lt;b&gt;Renamed&lt;/b&gt;",
        ">own<",
        ">Deal</a>",
        ">Campaign</a>",
        ">Acme (",
    ):
        assert expected in shown
    assert "client program of Acme" in shown
    assert "name: Partner" in shown


def test_page_of_a_partner_shows_by_what_it_calls_us(admin_client: Browser, partner: Row) -> None:
    Login.objects.create(partner_id=partner["id"], principal="its-login", role="consumer")
    Touchpoint.objects.create(partner_id=partner["id"], code="its-touchpoint", digest=b"")
    shown = text(admin_client, page("partner", partner))
    assert ">its-login</a>" in shown
    assert ">its-touchpoint</a>" in shown


def test_page_of_a_deal_leads_to_its_own_campaigns(hood: Hood, admin_client: Browser, deal: Row) -> None:
    hood.create("campaign", deal_id=hood.create("deal", partner_id=deal["partner_id"])["id"])
    Campaign.objects.bulk_create(
        Campaign(deal_id=deal["id"], name=f"Campaign {n}", effective_status="active") for n in range(21)
    )
    shown = text(admin_client, page("deal", deal))
    assert f"/admin/partners/campaign/?q=deal:{deal['id']}" in shown
    assert "All 21" in shown


@pytest.mark.parametrize("noun", ["partner", "deal", "campaign"])
def test_page_of_every_noun_opens(
    admin_client: Browser, campaign: Row, request: pytest.FixtureRequest, noun: str
) -> None:
    assert "See what it touches" in text(admin_client, operation(noun, request.getfixturevalue(noun), "status"))
    assert "Change the status" in text(admin_client, page(noun, request.getfixturevalue(noun)))


HIDDEN = ("Campaigns", "Changes", "Managers", "Logins", "Touchpoints", "Data sources", "What may be done")


def test_panels_are_for_those_who_may_see_their_rows(partner: Row, campaign: Row) -> None:
    shown = text(operator("view_partner", "view_deal"), page("partner", partner))
    assert "<h2>Deals</h2>" in shown
    assert not any(f"<h2>{title}</h2>" in shown for title in HIDDEN)


def test_look_at_a_status_tells_what_it_touches_and_changes_nothing(
    hood: Hood, admin_client: Browser, partner: Row, campaign: Row
) -> None:
    before = Change.objects.count()
    answer = admin_client.post(operation("partner", partner, "status"), {"status": "suspended", "look": ""})
    assert "1 deal and 1 campaign would get another effective status." in answer.content.decode()
    assert hood.item(f"/campaigns/{campaign['id']}") == campaign
    assert hood.item(f"/partners/{partner['id']}") == partner
    assert (Change.objects.count(), deeds().count()) == (before, 0)


def test_status_is_changed_by_the_same_rule(hood: Hood, admin_client: Browser, partner: Row, campaign: Row) -> None:
    url = operation("partner", partner, "status")
    answer = admin_client.post(url, {"status": "suspended", "do": "suspended"}, follow=True)
    assert "1 deal and 1 campaign got another effective status." in answer.content.decode()
    assert hood.item(f"/campaigns/{campaign['id']}")["effective_status"] == "suspended"
    change = Change.objects.order_by("-pk")[0]
    assert (change.who, change.after, change.touched) == (
        "user admin",
        {"status": "suspended"},
        {"deals": 1, "campaigns": 1},
    )
    assert deeds().get().who == "admin"


def test_nothing_is_done_that_was_not_looked_at(hood: Hood, admin_client: Browser, partner: Row, deal: Row) -> None:
    url = operation("partner", partner, "status")
    answer = admin_client.post(url, {"status": "terminated", "do": "suspended"})
    assert "1 deal and 0 campaigns would get another effective status." in answer.content.decode()
    assert hood.item(f"/partners/{partner['id']}") == partner


def test_deal_is_archived_with_its_campaigns(hood: Hood, admin_client: Browser, deal: Row, campaign: Row) -> None:
    hood.change(f"/campaigns/{campaign['id']}", status="inactive")
    assert "0 deals and 1 campaign would be archived with it." in text(admin_client, operation("deal", deal, "archive"))
    assert not hood.item(f"/deals/{deal['id']}")["archived"]
    admin_client.post(operation("deal", deal, "archive"), {"do": "archive"})
    assert hood.item(f"/campaigns/{campaign['id']}")["archived"]


def test_refusal_is_told(hood: Hood, admin_client: Browser, deal: Row, campaign: Row) -> None:
    answer = admin_client.post(operation("deal", deal, "archive"), {"do": "archive"})
    assert "The deal is used by an active campaign." in answer.content.decode()
    hood.archive(f"/campaigns/{campaign['id']}")
    answer = admin_client.post(operation("campaign", campaign, "status"), {"status": "inactive", "do": "inactive"})
    assert "An archived campaign cannot be updated." in answer.content.decode()


def test_wrong_status_is_refused(hood: Hood, admin_client: Browser, deal: Row) -> None:
    answer = admin_client.post(operation("deal", deal, "status"), {"status": "suspended", "do": "suspended"})
    assert "Select a valid choice" in answer.content.decode()
    assert hood.item(f"/deals/{deal['id']}") == deal


@pytest.mark.parametrize("name", ["status", "archive"])
def test_operation_is_for_those_who_may_change_partners(hood: Hood, partner: Row, name: str) -> None:
    answer = operator("view_partner").post(
        operation("partner", partner, name), {"status": "inactive", "do": "inactive"}
    )
    assert answer.status_code == 403
    assert hood.item(f"/partners/{partner['id']}") == partner


def test_lists_are_searched_by_name_number_and_partner(
    hood: Hood, admin_client: Browser, partner: Row, deal: Row
) -> None:
    second = hood.create("partner", name="Second")
    elsewhere = hood.create("deal", partner_id=second["id"])
    assert listed(admin_client, "partner", "?q=Sec") == [second["id"]]
    assert listed(admin_client, "partner", f"?q={partner['id']}") == [partner["id"]]
    assert listed(admin_client, "deal", f"?q=partner:{second['id']}") == [elsewhere["id"]]
    assert listed(admin_client, "deal", "?q=partner:x") == []
    campaign = hood.create("campaign", deal_id=deal["id"])
    hood.create("campaign", deal_id=elsewhere["id"])
    assert listed(admin_client, "campaign", f"?q=deal:{deal['id']}") == [campaign["id"]]


def test_lists_are_filtered_by_status_and_archive(hood: Hood, admin_client: Browser, partner: Row, deal: Row) -> None:
    idle = hood.create("deal", partner_id=partner["id"], status="inactive")
    hood.archive(f"/partners/{partner['id']}")
    assert listed(admin_client, "deal", "?effective_status=inactive") == [idle["id"]]
    assert listed(admin_client, "deal", "?archived=no") == [deal["id"]]
    assert listed(admin_client, "partner", "?archived=yes&status=active") == [partner["id"]]


@pytest.mark.parametrize("noun", ["partner", "deal", "campaign", "change", "member"])
def test_list_costs_the_same_statements_however_many_rows_it_shows(
    hood: Hood, admin_client: Browser, campaign: Row, noun: str
) -> None:
    def cost() -> int:
        with statements() as found:
            assert listed(admin_client, noun)
        return len(found)

    cost()
    before = cost()
    for number in range(5):
        partner = hood.create("partner", name=f"{number}")
        hood.create("campaign", deal_id=hood.create("deal", partner_id=partner["id"])["id"])
        hood.company.members.create(name=f"{number}")
    assert cost() == before


def test_page_of_a_partner_costs_the_same_statements_however_much_hangs_on_it(
    hood: Hood, admin_client: Browser, partner: Row, deal: Row
) -> None:
    def cost() -> int:
        with statements() as found:
            text(admin_client, page("partner", partner))
        return len(found)

    hood.create("campaign", deal_id=deal["id"])
    hood.create_contact(partner)
    cost()
    before = cost()
    for _ in range(5):
        hood.create("campaign", deal_id=hood.create("deal", partner_id=partner["id"])["id"])
        hood.create_contact(partner)
    assert cost() == before


def test_page_of_a_partner_shows_the_newest_and_leads_to_all(hood: Hood, admin_client: Browser, partner: Row) -> None:
    Deal.objects.bulk_create(
        Deal(partner_id=partner["id"], name=f"Deal {n}", base_price=1, clickthrough=True, effective_status="active")
        for n in range(21)
    )
    shown = text(admin_client, page("partner", partner))
    assert (">Deal 20<" in shown, ">Deal 0<" in shown) == (True, False)
    assert f"/admin/partners/deal/?q=partner:{partner['id']}" in shown
    assert "All 21" in shown


def test_company_and_member_are_written_in_the_admin(admin_client: Browser) -> None:
    admin_client.post(f"{ROOM}/company/add/", {"name": "New"})
    company = Company.objects.get(name="New")
    admin_client.post(f"{ROOM}/member/add/", {"company": company.pk, "name": "Lee", "email": "", "status": "active"})
    member = Member.objects.get(name="Lee")
    assert (member.company, member.status) == (company, "active")


def test_member_stays_in_its_company_and_is_not_deleted(hood: Hood, other: Hood, admin_client: Browser) -> None:
    url = f"{ROOM}/member/{hood.member.pk}"
    sent = {"company": other.company.pk, "name": "Renamed", "email": "", "status": "inactive"}
    admin_client.post(f"{url}/change/", sent)
    hood.member.refresh_from_db()
    assert (hood.member.company, hood.member.name) == (hood.company, "Renamed")
    assert admin_client.post(f"{url}/delete/", {"post": "yes"}).status_code == 403


def test_first_page_counts_partners_by_status(hood: Hood, admin_client: Browser, partner: Row) -> None:
    card = next(card for card in admin_client.get("/admin/").context["cards"] if card.title == "Partners")
    assert {figure.title: figure.value for figure in card.figures}["active"] == "1"
