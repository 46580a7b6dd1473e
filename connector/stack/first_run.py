"""Migrate, and make the first admin and the first tokens: `python -m connector.stack.first_run`.

It prints one JSON object: `password_is_kept`, whether ADMIN_PASSWORD opens the admin, and `token` and
`hood_token`, each one that works.
"""

from __future__ import annotations

import json
import os
import sys

import django
from django.core.management import call_command


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "connector.settings")
    django.setup()
    from connector.stack import accounts  # noqa: PLC0415 (models can be imported only now)

    call_command("migrate", interactive=False, verbosity=0)
    kept = accounts.keep_admin(os.environ["ADMIN_PASSWORD"])
    token = accounts.keep_token(os.environ.get("AUTH_TOKEN", ""))
    hood_token = accounts.keep_hood_token(os.environ.get("HOOD_TOKEN", ""))
    sys.stdout.write(json.dumps({"password_is_kept": kept, "token": token, "hood_token": hood_token}))


if __name__ == "__main__":
    main()
