"""Data sources in the admin: what is shown, what never is, and what a person does."""

from __future__ import annotations

from typing import Any

import asyncssh
import pytest
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse

from datasources.admin import rejects
from datasources.models import DataSource, Import, ImportState, Recipient, Reject, Run, RunState
from tests.audit import deeds
from tests.conftest import operator
from tests.datasources.factories import make_source, make_touchpoint
from tests.datasources.folders import Folder
from tests.partners.factories import make_partner

pytestmark = pytest.mark.django_db
SECRETS = {
    "password": "never-to-be-seen-1",
    "private_key_file": "never-to-be-seen-2",
    "passphrase": "never-to-be-seen-3",
}


@pytest.fixture(autouse=True)
def _no_wake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.work.wake.workers", lambda: None)


def change(row: Any) -> str:
    return reverse(f"admin:datasources_{row._meta.model_name}_change", args=[row.pk])


def listed(model: type[Any]) -> str:
    return reverse(f"admin:datasources_{model._meta.model_name}_changelist")


def messages(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def step(browser: Browser, source: DataSource, name: str) -> Any:
    return browser.post(reverse(f"admin:datasources_datasource_{name}", args=[source.pk]), follow=True)


def form(source: DataSource, **overrides: Any) -> dict[str, Any]:
    """Return what a browser sends of the form of a source."""
    columns = (
        *("every_minutes", "data_source_type", "host", "working_directory", "user", "authentication_type"),
        "processor_type",
    )
    shown = {name: getattr(source, name) for name in columns}
    more = {"touchpoint": source.touchpoint_id, "active": "on", "column_mapping": "{}", "file_patterns": "{}"}
    return {**shown, **more, **overrides}


def make_import(source: DataSource, **overrides: Any) -> Import:
    run = Run.objects.create(source=source, partner=source.partner, trigger="hand", state=RunState.DONE, due_at=None)
    declared = {"file_name": "a.csv", "name": "a.csv", "processor_type": 25011, "state": ImportState.PROCESSED}
    return Import.objects.create(partner=source.partner, data_source=source, run=run, **{**declared, **overrides})


# Secrets


def test_secrets_are_shown_nowhere(admin_client: Browser) -> None:
    source = make_source(**SECRETS)
    for address in (listed(DataSource), change(source), f"{change(source)}?_popup=1"):
        content = admin_client.get(address).content.decode()
        assert "never-to-be-seen" not in content


def test_secrets_stay_where_the_form_leaves_them_empty(admin_client: Browser) -> None:
    source = make_source(**{**SECRETS, "private_key_file": "", "passphrase": ""})
    admin_client.post(change(source), form(source, host="other.example.com"))
    source = DataSource.objects.get()
    assert (source.host, source.password) == ("other.example.com", SECRETS["password"])


def test_new_secret_replaces_the_old_and_the_log_does_not_tell_it(admin_client: Browser) -> None:
    source = make_source()
    admin_client.post(change(source), form(source, password="never-to-be-seen-4"))
    assert DataSource.objects.get().password == "never-to-be-seen-4"
    assert "never-to-be-seen" not in "".join(entry.message for entry in deeds())


def test_refused_form_does_not_give_the_secret_back(admin_client: Browser) -> None:
    source = make_source()
    answer = admin_client.post(change(source), form(source, host="10.0.0.1", password="never-to-be-seen-5"))
    assert answer.status_code == 200
    assert "never-to-be-seen" not in answer.content.decode()


# The form


def test_source_is_added_for_the_partner_of_its_touchpoint(admin_client: Browser) -> None:
    partner = make_partner()
    source = make_source(partner)
    fields = form(source, touchpoint=make_touchpoint(partner, "other").pk, password="not-secret")
    admin_client.post(reverse("admin:datasources_datasource_add"), fields)
    assert list(DataSource.objects.values_list("partner", "touchpoint__code").order_by("pk")) == [
        (partner.pk, "test"),
        (partner.pk, "other"),
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("host", "10.0.0.1"),
        ("host", "sftp://example.com"),
        ("working_directory", "sales"),
        ("working_directory", "/sales/../secret"),
        ("column_mapping", '{"saleDate": 5}'),
        ("column_mapping", '{"saledate": "Day"}'),
        ("date_format", "day"),
        ("file_patterns", '{"1": "x"}'),
        ("private_key_file", "no key"),
        ("every_minutes", "0"),
    ],
)
def test_form_has_the_rules_of_the_api(admin_client: Browser, field: str, value: str) -> None:
    source = make_source(data_source_type="SFTP")
    fields = form(
        source, **{"authentication_type": "CERTIFICATE"} if field == "private_key_file" else {}, **{field: value}
    )
    answer = admin_client.post(change(source), fields)
    assert list(answer.context["adminform"].form.errors) == [field]


def test_page_waits_for_a_key_as_long_as_it_takes(admin_client: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    read, limits = asyncssh.import_private_key, []

    def reading(*arguments: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SHOW idle_in_transaction_session_timeout")
            limits.append(cursor.fetchone()[0])
        return read(*arguments)

    monkeypatch.setattr(asyncssh, "import_private_key", reading)
    source = make_source(data_source_type="SFTP")
    admin_client.post(change(source), form(source, authentication_type="CERTIFICATE", private_key_file="no key"))
    assert limits == ["0"]


def test_changed_host_begins_anew(admin_client: Browser) -> None:
    source = make_source(host_key="ssh-ed25519 AAAA", failures=3)
    admin_client.post(change(source), form(source, host="other.example.com"))
    source.refresh_from_db()
    assert (source.host_key, source.failures) == (None, 0)


def test_unchanged_host_keeps_its_key(admin_client: Browser) -> None:
    source = make_source(host_key="ssh-ed25519 AAAA")
    admin_client.post(change(source), form(source, every_minutes=5))
    source.refresh_from_db()
    assert (source.host_key, source.every_minutes) == ("ssh-ed25519 AAAA", 5)


# What a person does


def test_run_now_begins_a_run_once(admin_client: Browser) -> None:
    source = make_source()
    assert "begins" in messages(step(admin_client, source, "run"))[0]
    assert "already" in messages(step(admin_client, source, "run"))[0]
    assert Run.objects.count() == 1


def test_test_now_shows_what_would_be_imported_and_imports_nothing(admin_client: Browser, sftp: Folder) -> None:
    sftp.put("a.csv", b"x")
    sftp.put(".hidden", b"x")
    content = step(admin_client, make_source(**sftp.source), "test").content.decode()
    assert "a.csv" in content
    assert "hidden or unfinished" in content
    assert not Import.objects.exists()


def test_test_now_tells_what_is_wrong(admin_client: Browser, sftp: Folder) -> None:
    answer = step(admin_client, make_source(**sftp.source, password="another"), "test")
    assert "The server refuses the user, the password or the key." in messages(answer)[0]


def test_source_is_paused_and_resumed(admin_client: Browser) -> None:
    source = make_source()
    step(admin_client, source, "pause")
    source.refresh_from_db()
    assert source.paused_reason == "By admin."
    step(admin_client, source, "resume")
    source.refresh_from_db()
    assert source.paused_at is None
    assert [entry.message for entry in deeds()] == ["Paused.", "Resumed."]


def test_key_of_a_server_is_forgotten(admin_client: Browser) -> None:
    source = make_source(host_key="ssh-ed25519 AAAA")
    step(admin_client, source, "forget")
    source.refresh_from_db()
    assert source.host_key is None


@pytest.mark.parametrize("name", ["run", "test", "pause", "resume", "forget"])
def test_steps_are_by_post_and_with_permission(admin_client: Browser, name: str) -> None:
    source = make_source()
    address = reverse(f"admin:datasources_datasource_{name}", args=[source.pk])
    assert admin_client.get(address).status_code == 405
    assert operator("view_datasource").post(address).status_code == 403
    assert not Run.objects.exists()


def test_selected_sources_are_run(admin_client: Browser) -> None:
    sources = [make_source(), make_source()]
    fields = {"action": "run_selected", "_selected_action": [source.pk for source in sources]}
    admin_client.post(listed(DataSource), fields)
    assert Run.objects.count() == 2


def test_held_import_is_released(admin_client: Browser) -> None:
    import_ = make_import(make_source(), state=ImportState.PENDING, reason="It has far fewer rows.")
    admin_client.post(reverse("admin:datasources_import_release", args=[import_.pk]))
    import_.refresh_from_db()
    assert (import_.state, import_.run.state) == (ImportState.WAITING, RunState.IMPORTING)


def test_import_is_cancelled(admin_client: Browser) -> None:
    import_ = make_import(make_source(), state=ImportState.PROCESSING)
    admin_client.post(reverse("admin:datasources_import_cancel", args=[import_.pk]))
    import_.refresh_from_db()
    assert import_.state == ImportState.CANCELLED


# Pages


def test_run_page_shows_progress_anew_while_it_is_under_way(admin_client: Browser) -> None:
    import_ = make_import(make_source(), state=ImportState.PROCESSING, rows=5, rows_ok=5, total_to_process=20)
    Run.objects.update(state=RunState.IMPORTING)
    answer = admin_client.get(change(import_.run))
    assert 'value="25"' in answer.content.decode()
    assert answer["Refresh"] == "3"


def test_run_page_is_still_when_the_run_is_done(admin_client: Browser) -> None:
    assert "Refresh" not in admin_client.get(change(make_import(make_source()).run))


def rejected(import_: Import) -> None:
    Reject.objects.bulk_create(
        Reject(of_import=import_, row=row, column="amount", value="=1+1", code="number", reason="No number.")
        for row in (3, 2)
    )


def test_rejects_are_browsed_in_the_order_of_the_file(admin_client: Browser) -> None:
    import_ = make_import(make_source())
    rejected(import_)
    rejected(make_import(import_.data_source))
    rows = admin_client.get(f"{listed(Reject)}?of_import={import_.pk}").context["cl"].result_list
    assert [reject.row for reject in rows] == [2, 3]


def test_rejects_are_downloaded_whole_in_however_many_portions(
    admin_client: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rejects, "AT_ONCE", 2)
    import_ = make_import(make_source())
    for _ in range(2):
        rejected(import_)
    rejected(make_import(import_.data_source))
    answer = admin_client.get(reverse("admin:datasources_import_rejects", args=[import_.pk]))
    rows = b"".join(answer.streaming_content).decode().splitlines()[1:]
    assert [row.partition(",")[0] for row in rows] == ["2", "2", "3", "3"]


def test_rejects_are_downloaded_as_no_formulas(admin_client: Browser) -> None:
    import_ = make_import(make_source())
    rejected(import_)
    answer = admin_client.get(reverse("admin:datasources_import_rejects", args=[import_.pk]))
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert lines == [
        "row,column,value,code,reason",
        "2,amount,'=1+1,number,No number.",
        "3,amount,'=1+1,number,No number.",
    ]


@pytest.mark.parametrize("model", [DataSource, Run, Import, Reject, Recipient])
def test_lists_ask_the_same_whatever_they_show(
    admin_client: Browser, model: type[Any], django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        import_ = make_import(make_source())
        rejected(import_)
        Recipient.objects.create(partner=import_.partner, email=f"{number}@example.com")
    with django_assert_max_num_queries(12):
        assert admin_client.get(listed(model)).status_code == 200


def test_names_of_files_are_escaped(admin_client: Browser) -> None:
    import_ = make_import(make_source(), file_name="<script>alert(1)</script>.csv")
    for address in (listed(Import), change(import_), change(import_.run), change(import_.data_source)):
        assert "<script>alert(1)" not in admin_client.get(address).content.decode()


def test_address_of_a_partner_is_registered_once_whatever_its_case(admin_client: Browser) -> None:
    partner = make_partner()
    for email in ("a@example.com", "A@example.com", "no address"):
        admin_client.post(reverse("admin:datasources_recipient_add"), {"partner": partner.pk, "email": email})
    assert list(Recipient.objects.values_list("email", flat=True)) == ["a@example.com"]


def test_first_page_counts_what_waits_for_a_person(admin_client: Browser) -> None:
    source = make_source()
    make_import(source, state=ImportState.PENDING)
    step(admin_client, source, "pause")
    cards = {card.title: card for card in admin_client.get("/admin/").context["cards"]}
    figures = {figure.title: (figure.value, figure.alarming) for figure in cards["Data sources"].figures}
    assert (figures["paused"], figures["imports held for a person"]) == (("1", True), ("1", True))


def test_tables_of_beat_are_no_pages(admin_client: Browser) -> None:
    assert admin_client.get("/admin/django_celery_beat/periodictask/").status_code == 404
