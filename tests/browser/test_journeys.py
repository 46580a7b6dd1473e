"""What an operator does on an ordinary day, in a real browser; every page on the way is open to everybody."""

from __future__ import annotations

from connector.stack.waiting import Waiting
from tests.browser.site import MEND
from tests.browser.visit import Visit


def test_first_page_tells_what_came_in_and_what_failed(visit: Visit) -> None:
    visit.look("dashboard")
    assert "Failures by cause" in visit.text
    assert "the price list is closed" not in visit.text


def test_order_is_found_by_its_key(visit: Visit) -> None:
    visit.find("A-1001")
    visit.look("record")
    assert "27.5" in visit.text


def test_process_is_told_in_order_and_a_contradiction_is_marked(visit: Visit) -> None:
    visit.find("123456")
    visit.look("process")
    assert "Dsync reports success, and a delivery of the process was rejected" in visit.text


def test_change_is_taken_back(visit: Visit) -> None:
    visit.find("mug-1")
    visit.press("Undo")
    visit.look("undo")
    visit.press("Undo it")
    assert "is undone." in visit.text


def test_dead_letter_is_tried_replayed_and_applied(visit: Visit) -> None:
    visit.choose("Dead letters")
    visit.look("dead-letters")
    visit.press(visit.page.locator("td a").filter(has_text="12").first.inner_text())
    visit.look("dead-letter")
    visit.site.execute(MEND)
    visit.press("Dry run")
    visit.press("Replay")
    Waiting().until(lambda: visit.site.count("entities_product", "sku = 'late-1'"), "the product")


def test_entity_is_switched_off_and_on(visit: Visit) -> None:
    visit.choose("Switches")
    visit.look("switches")


def test_rows_that_were_refused_are_shown_with_their_reasons(visit: Visit) -> None:
    visit.choose("Imports")
    visit.look("imports")
    visit.press("sales.csv")
    visit.look("import")
    assert "must be a number" in visit.text


def test_token_is_shown_once(visit: Visit) -> None:
    visit.choose("Tokens")
    visit.look("tokens")


def test_person_is_erased(visit: Visit) -> None:
    visit.find("ada@example.com")
    visit.press("Erase ...")
    visit.look("erase")
