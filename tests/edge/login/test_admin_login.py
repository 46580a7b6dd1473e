"""Signing in to the admin."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client as Browser


@pytest.mark.django_db
def test_login_leads_to_the_first_page_when_it_was_opened_itself() -> None:
    User.objects.create_superuser("ada", password="not-secret")
    answer = Browser().post("/admin/login/", {"username": "ada", "password": "not-secret"})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
