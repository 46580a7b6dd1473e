"""`python -m tests.storm`: what Django needs, before a case is imported."""

from __future__ import annotations

import logging
import os
import sys

import django

from tests.servers import ENVIRONMENT

# Only the models are used here: each stack has servers of its own.
NOWHERE = {"DATABASE_URL": "postgres://nobody@/nothing", "REDIS_URL": "redis://127.0.0.1:1/0"}


def main() -> int:
    os.environ.update({"DJANGO_SETTINGS_MODULE": "connector.settings", **ENVIRONMENT, **NOWHERE})
    django.setup()
    logging.getLogger("httpx").setLevel(logging.WARNING)  # A line for each request is too much.
    from tests.storm import run  # noqa: PLC0415 (its cases import models)

    return run.main()


if __name__ == "__main__":
    sys.exit(main())
