"""Columns that are encrypted at rest, and the change of their keys."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.core.management import call_command
from django.db import connection

from connector.edge.checks import check_field_keys
from connector.edge.encryption import Undecipherable, decrypt, encrypt, keyring
from sync.models import PushToken

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
SECRET = "secret-of-a-test"


@pytest.fixture(autouse=True)
def _keys(settings: Any) -> Iterator[None]:
    settings.FIELD_KEYS = [OLD]
    yield
    keyring.cache_clear()


def test_secret_comes_back_and_is_not_to_be_seen() -> None:
    stored = encrypt(SECRET)
    assert decrypt(stored) == SECRET
    assert SECRET not in stored + repr(decrypt(stored))


def test_newest_key_encrypts_and_older_ones_decrypt(settings: Any) -> None:
    earlier = encrypt(SECRET)
    settings.FIELD_KEYS = [NEW, OLD]
    assert decrypt(earlier) == SECRET
    later = encrypt(SECRET)
    settings.FIELD_KEYS = [NEW]
    assert decrypt(later) == SECRET


@pytest.mark.parametrize("stored", [encrypt, lambda _: "nothing"], ids=["other key", "no ciphertext"])
def test_what_no_key_opens_says_so_without_the_value(settings: Any, stored: Any) -> None:
    text = stored(SECRET)
    settings.FIELD_KEYS = [NEW]
    with pytest.raises(Undecipherable) as caught:
        decrypt(text)
    assert (str(caught.value), caught.value.__cause__) == ("", None)


@pytest.mark.parametrize(
    ("keys", "told"),
    [([], "FIELD_KEYS is not set"), ([OLD, "secret-that-is-no-key"], "Key 2 of FIELD_KEYS is not 32 bytes")],
    ids=["none", "bad"],
)
def test_bad_keys_are_told_without_the_key(settings: Any, keys: list[str], told: str) -> None:
    settings.FIELD_KEYS = keys
    with pytest.raises(ImproperlyConfigured, match=told) as caught:
        encrypt(SECRET)
    assert "secret" not in str(caught.value).replace("no secret can be kept", "")
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(("keys", "ids"), [([], []), ([OLD], []), (["x"], ["edge.E002"])], ids=["none", "good", "bad"])
def test_bad_key_is_an_error_at_start_up(settings: Any, keys: list[str], ids: list[str]) -> None:
    settings.FIELD_KEYS = keys
    assert [message.id for message in check_field_keys()] == ids


# The column


def in_the_table() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT token FROM sync_pushtoken ORDER BY id")
        return [token for (token,) in cursor.fetchall()]


@pytest.mark.django_db
def test_column_is_encrypted_and_read_in_the_clear() -> None:
    PushToken.objects.create(entity="a", token=SECRET)
    assert PushToken.objects.get().token == SECRET
    assert SECRET not in in_the_table()[0]


@pytest.mark.django_db
def test_column_cannot_be_searched() -> None:
    with pytest.raises(FieldError):
        PushToken.objects.filter(token=SECRET).exists()


@pytest.mark.django_db
def test_rotation_encrypts_all_by_the_newest_key(settings: Any) -> None:
    for entity in ("a", "b"):
        PushToken.objects.create(entity=entity, token=f"{SECRET}-{entity}")
    settings.FIELD_KEYS = [NEW, OLD]
    out = io.StringIO()
    call_command("rotate_secrets", stdout=out)
    settings.FIELD_KEYS = [NEW]
    assert out.getvalue() == "2 secrets are encrypted by the newest key.\n"
    assert set(PushToken.objects.values_list("token", flat=True)) == {f"{SECRET}-a", f"{SECRET}-b"}


@pytest.mark.django_db
def test_rotation_names_what_no_key_opens_and_goes_on(settings: Any) -> None:
    lost = PushToken.objects.create(entity="a", token=SECRET)
    settings.FIELD_KEYS = [NEW]
    PushToken.objects.create(entity="b", token=SECRET)
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(SystemExit, match="1"):
        call_command("rotate_secrets", stdout=out, stderr=err)
    assert err.getvalue() == f"sync.PushToken {lost.pk}, token: no key of FIELD_KEYS opens it; set it anew.\n"
    assert out.getvalue().startswith("1 secrets")
