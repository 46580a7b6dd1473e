"""What a development stack makes up once and keeps: KEY=value lines that the settings read."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

MADE_ONCE: dict[str, Callable[[], str]] = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(50),
    "FIELD_KEYS": lambda: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    "ADMIN_PASSWORD": lambda: secrets.token_urlsafe(12),
}
ADDRESSES = ("DATABASE_URL", "REDIS_URL")


def keep(path: Path, embedded: Mapping[str, str]) -> dict[str, str]:
    """Complete the file and return what it holds; `embedded` are the addresses of our own servers."""
    kept = {name: value for name, value in read(path).items() if name not in ADDRESSES}
    made = {name: make() for name, make in MADE_ONCE.items() if name not in kept}
    return store(path, {"DEBUG": "true", **kept, **made, **embedded})


def read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    pairs = (line.partition("=") for line in path.read_text().splitlines())
    return {name: value for name, found, value in pairs if found}


def store(path: Path, credentials: Mapping[str, str]) -> dict[str, str]:
    """Replace the file at once; nobody else can read it at any moment."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.writelines(f"{name}={value}\n" for name, value in credentials.items())
    new.replace(path)
    return dict(credentials)
