"""Bring the database up to date and make the first admin and the first Auth-Token: `python -m connector.stack.first_run`.

It runs with the settings of the stack and prints one JSON object: `password_is_kept`, whether ADMIN_PASSWORD opens the
admin, and `token`, one that works.
"""

from __future__ import annotations

import json
import os
import sys

import django

ADMIN = "admin"
CLIENT = "dsync"


def main() -> None:
    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    sys.stdout.write(json.dumps({"password_is_kept": keep_admin(), "token": keep_token()}))


def keep_admin() -> bool:
    """Make the admin when there is none, and tell whether our password opens it."""
    from django.contrib.auth.models import User

    password = os.environ["ADMIN_PASSWORD"]
    if not User.objects.filter(is_superuser=True).exists():
        User.objects.create_superuser(ADMIN, password=password)
    admin = User.objects.filter(username=ADMIN, is_superuser=True, is_active=True).first()
    return admin is not None and admin.check_password(password)


def keep_token() -> str:
    """Return the token that we know while it still opens the service, else a new one."""
    from connector.edge import tokens
    from connector.edge.models import Scope

    known = os.environ.get("AUTH_TOKEN", "")
    caller = tokens.caller_of(known)
    if caller and caller.may(Scope.WRITE):
        return known
    return tokens.issue(client_name=CLIENT)[1]


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "connector.settings")
    main()
