"""What an operator does on an ordinary day, in a real browser; every page on the way is open to everybody."""

from __future__ import annotations

from connector.stack.waiting import Waiting
from tests.browser.site import MEND
from tests.browser.visit import Visit


def test_first_page_tells_what_came_in_and_what_failed(visit: Visit) -> None:
    Waiting().until(lambda: visit.site.count("alerts_alert") > 1, "the alerts")
    visit.go("/admin/")
    visit.look("dashboard")
    assert "Failures by cause" in visit.text
    assert "the price list is closed" not in visit.text


def test_menu_is_skipped_by_keyboard(visit: Visit) -> None:
    visit.go("/admin/")
    for key in ("Tab", "Enter", "Tab"):
        visit.page.keyboard.press(key)
    assert visit.page.locator("#main :focus").count()


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
    visit.press(str(visit.site.execute("SELECT id FROM sync_delivery WHERE state = 'dead'")))
    visit.look("dead-letter")
    visit.site.execute(MEND)
    visit.press("Dry run")
    assert "It would be applied." in visit.text
    visit.page.go_back()
    visit.press("Replay")
    Waiting().until(lambda: visit.site.count("entities_product", "sku = 'late-1'"), "the product")


def test_entity_takes_no_writes_while_it_is_switched_off(visit: Visit) -> None:
    visit.choose("Switches")
    visit.look("switches")
    visit.page.get_by_role("row", name="company").get_by_role("link").click()
    visit.page.get_by_label("refuse").check()
    visit.press("Save")
    Waiting().until(lambda: visit.site.written("company", {"name": "x"}).status == 503, "the switch")


def test_rows_that_were_refused_are_shown_with_their_reasons(visit: Visit) -> None:
    visit.choose("Imports")
    visit.look("imports")
    visit.press("sales.csv")
    visit.look("import")
    assert "must be a number" in visit.text


def test_token_is_shown_once_and_opens_the_service(visit: Visit) -> None:
    visit.choose("Tokens")
    visit.look("tokens")
    visit.go("/admin/edge/token/add/")
    visit.look("token-form")
    visit.page.get_by_label("New client's name").fill("the warehouse")
    visit.press("Issue the token")
    token = visit.page.locator("[data-token]").inner_text()
    assert visit.site.get("/datalayout", Auth_Token=token).status == 200


def test_person_is_erased(visit: Visit) -> None:
    visit.find("ada@example.com")
    visit.press("Erase ...")
    visit.look("erase")
    visit.page.get_by_label("Key again").fill("1:ada")
    visit.press("Save")
    Waiting().until(lambda: not visit.site.count("entities_person"), "the erasure")
    visit.find("ada@example.com")
    assert "Nothing that you may see" in visit.text


def test_deletes_that_are_held_are_refused(visit: Visit) -> None:
    visit.choose("Held deletes")
    visit.look("held-deletes")
    visit.press("Refuse all")
    visit.look("refuse")
    visit.page.get_by_label("Reason").fill("The supplier sent an empty list.")
    visit.press("Refuse them")
    assert visit.site.count("entities_product", "sku IN ('mug-7', 'mug-8') AND deleted_at IS NULL") == 2


def test_alert_leads_to_its_cause(visit: Visit) -> None:
    Waiting().until(lambda: visit.site.count("alerts_alert", "kind = 'held-delete'"), "the alert")
    visit.choose("Alerts")
    visit.look("alerts")


def test_records_are_taken_away_as_a_file(visit: Visit) -> None:
    visit.choose("Products")
    visit.look("records")
    visit.press("Export")
    visit.look("export")
    with visit.page.expect_download() as saved:
        visit.page.get_by_role("button", name="Save the file").click()
    assert saved.value.path().read_text().startswith("sku,")


def test_viewer_sees_that_something_came_and_not_what(viewer: Visit) -> None:
    viewer.find("A-1001")
    viewer.look("record-as-viewer")
    assert "hidden" in viewer.text
    assert "Ada Example" not in viewer.text
    assert "Erase" not in viewer.text


def test_who_did_what_is_told(visit: Visit) -> None:
    visit.choose("Audit entries")
    visit.look("audit-log")
    assert "signed in" in visit.text


def test_second_factor_is_offered(visit: Visit) -> None:
    visit.go("/admin/second-factor/")
    visit.look("second-factor")


def test_layout_is_shown(visit: Visit) -> None:
    visit.choose("Data layout")
    visit.look("layout")
