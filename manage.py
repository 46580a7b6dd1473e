#!/usr/bin/env python
"""Run a management command."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "connector.settings")
    os.environ.setdefault("CONNECTOR_ROLE", "manage")

    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as exc:
        sys.exit(f"{str(exc).rstrip('.')}. Run `make run` here once, name its RUN_DIR, or see docs/settings.md.")
    except OperationalError as exc:
        reason = type(exc.__cause__).__name__
        sys.exit(f"The database does not answer ({reason}). Is DATABASE_URL right, or does `make run` run?")
