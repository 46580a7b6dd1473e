"""The environment as the settings read it: typed, secrets from files too, and all that is wrong told at once.

No fault has a value in it, nor a part of one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

from connector.edge.truth import truth

UNSET = environ.Env.NOTSET


def words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


READERS: dict[object, tuple[Callable[[str], Any], str]] = {
    bool: (truth, "neither true nor false"),
    int: (int, "no whole number"),
    list: (words, "no list"),
}


class Environment(environ.Env):  # type: ignore[misc]  # It has no types.
    """Reads variables; where one is wrong it goes on with the default, and `refuse` tells of all.

    django-environ's own reading takes any word for false and a value that begins with a dollar for the name of another
    variable, and quotes what it cannot read.
    """

    def __init__(self, environment: Mapping[str, str] = os.environ, *, secrets: Collection[str] = ()) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.ENVIRON = {**environment}
        for name in secrets:
            self.take_from_file(name)

    def take_from_file(self, name: str) -> None:
        """Have a secret from the file that `NAME_FILE` names."""
        path = self.ENVIRON.get(f"{name}_FILE")
        if not path:
            return
        if self.ENVIRON.get(name):
            self.faults.append(f"{name} and {name}_FILE are both set; leave out one.")
            return
        self.ENVIRON[name] = self.content_of(path, f"{name}_FILE")

    def content_of(self, path: str, variable: str) -> str:
        """Return what the file holds without its last newline."""
        try:
            content = Path(path).read_text().removesuffix("\n").removesuffix("\r")
        except (OSError, ValueError) as exc:
            reason = exc.strerror if isinstance(exc, OSError) else "it is no text"
            self.faults.append(f"The file that {variable} names cannot be read: {reason}.")
            return ""
        if not content.strip():
            self.faults.append(f"The file that {variable} names is empty.")
        return content

    def complete(self, kept: Mapping[str, str]) -> None:
        """Take what is not set from what was kept."""
        self.ENVIRON = {**kept, **self.ENVIRON}

    def get_value(self, var: str, cast: Any = None, default: Any = UNSET, parse_default: Any = False) -> Any:  # noqa: FBT002 (its)
        """Return what is set, typed; an empty variable is as good as none."""
        text = self.ENVIRON.get(var, "")
        if not text:
            return self.of_default(var, cast, default, parsed=parse_default)
        read, what = READERS.get(cast, (lambda value: self.parse_value(value, cast), "not what it should be"))
        try:
            return read(text)
        except ValueError:
            self.faults.append(f"{var} is {what}.")
            return default

    def of_default(self, var: str, cast: Any, default: Any, *, parsed: bool) -> Any:
        if default is not UNSET:
            return self.parse_value(default, cast) if parsed else default
        if not any(f"{var}_FILE " in fault for fault in self.faults):  # Else its file is no good, which is told.
            self.faults.append(f"{var} is not set.")
        return ""

    def one_of(self, var: str, allowed: Collection[str], *, default: str) -> str:
        value: str = self.str(var, default=default)
        if value in allowed:
            return value
        self.faults.append(f"{var} is none of {', '.join(allowed)}.")
        return default

    def db_url(self, var: str, *, role: str = "", **options: Any) -> dict[str, Any]:
        """Return the parts of a database's URL; `{role}` in it stands for what the process is for."""
        if role and self.ENVIRON.get(var):
            self.ENVIRON[var] = self.ENVIRON[var].replace("{role}", role)
        return self.parsed(super().db_url, var, "django.db.backends.dummy://nowhere/nothing", **options)

    def email_url(self, var: str, **options: Any) -> dict[str, Any]:
        return self.parsed(super().email_url, var, "dummymail://", **options)

    def parsed(self, read: Callable[..., dict[str, Any]], var: str, stand_in: str, **options: Any) -> dict[str, Any]:
        """Return the parts of a URL, and of another where it is none."""
        if "://" in self.get_value(var, default=options.get("default", UNSET)):
            with suppress(ValueError, KeyError, ImproperlyConfigured):
                return read(var, **options)
        if self.ENVIRON.get(var):
            self.faults.append(f"{var} is no URL; what is special in a password is written as %40, say.")
        self.ENVIRON[var] = stand_in
        return read(var)

    def refuse(self) -> None:
        """Raise with every fault that was found."""
        if self.faults:
            raise ImproperlyConfigured(" ".join(dict.fromkeys(self.faults)))
