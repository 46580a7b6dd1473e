"""A body that is too large is refused before anything of it is read, and so before it is put anywhere."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
ADDRESSES = ["/admin/login/", "/admin/", "/docs/", "/static/x"]


class Unread(BytesIO):
    def read(self, *_args: Any) -> bytes:
        raise AssertionError("It was read.")

    readline = read


def send(browser: Client, address: str, length: int) -> int:
    """Announce a form with a file in it, and return what is answered."""
    extra = {"CONTENT_LENGTH": str(length), "wsgi.input": Unread()}
    return browser.generic("POST", address, b"", "multipart/form-data; boundary=x", **extra).status_code


@pytest.mark.parametrize("address", ADDRESSES)
def test_file_of_somebody_who_has_not_signed_in_is_not_read(address: str, settings: Any) -> None:
    assert send(Client(enforce_csrf_checks=True), address, settings.CONNECTOR_BODY_LIMIT + 1) == 413


def test_file_of_a_person_is_not_read_beyond_the_limit_of_files(admin_client: Client, settings: Any) -> None:
    assert send(admin_client, "/admin/", settings.CONNECTOR_UPLOAD_LIMIT + 1) == 413


def test_file_of_a_person_is_read_up_to_the_limit_of_files(admin_client: Client, settings: Any) -> None:
    settings.CONNECTOR_BODY_LIMIT = 10
    assert admin_client.post("/admin/datasources/import/", {"file": BytesIO(b"x" * 1000)}).status_code == 200


def test_body_without_a_length_is_refused() -> None:
    answer = Client().post("/admin/login/", headers={"Transfer-Encoding": "chunked"})
    assert answer.status_code == 411
