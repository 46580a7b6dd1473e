"""What an operator does on an ordinary day, in a real browser; every page on the way is open to everybody."""

from __future__ import annotations

from tests.browser.visit import Visit


def test_first_page_tells_what_came_in_and_what_failed(visit: Visit) -> None:
    visit.look("dashboard")
    assert "Failures by cause" in visit.text


def test_order_is_found_by_its_key(visit: Visit) -> None:
    visit.find("A-1001")
    visit.look("record")
    assert "27.5" in visit.text


def test_process_is_told_in_order_and_a_contradiction_is_marked(visit: Visit) -> None:
    visit.find("123456")
    visit.look("process")


def test_delivery_is_undone(visit: Visit) -> None:
    visit.find("A-1001")
    visit.press("Undo")
    visit.look("undo")
