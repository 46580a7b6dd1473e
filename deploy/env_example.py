"""Write deploy/env.example from the one list of settings: `make settings`."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "docs" / "settings.md"
ROW = re.compile(
    r"\| `(?P<name>[A-Z_]+)`(?P<file> \(`_FILE`\))? \| (?P<default>.+?) \| (?P<meaning>.+) \| (?P<check>.+) \|"
)
LINK = re.compile(r"\[(.+?)\]\(.+?\)")
HEAD = """\
# Every setting of the connector, with its default. Written by `make settings` from docs/settings.md, which says which
# check refuses what. A line that begins with # is not set. SECRET_KEY_FILE and its like name a file that holds it.
"""
SET = {"DEBUG": "false"}  # A production says so: a checkout's own credentials are then never looked for.


@dataclass(frozen=True)
class Setting:
    """One row of the list; `default` is as a variable would have it, empty where there is none."""

    section: str
    name: str
    is_secret: bool
    default: str
    meaning: str
    check: str

    @property
    def is_needed(self) -> bool:
        return "needed" in self.check

    def lines(self) -> list[str]:
        told = LINK.sub(r"\1", self.meaning).replace("`", "") + ("; needed" if self.is_needed else "")
        mark = "" if self.is_needed or self.name in SET else "#"
        variables = [f"{mark}{self.name}={SET.get(self.name, self.default)}"]
        if self.is_secret:
            variables.append(f"#{self.name}_FILE=")
        return [*textwrap.wrap(told, 118, initial_indent="# ", subsequent_indent="# "), *variables, ""]


def settings() -> list[Setting]:
    found, section = [], ""
    for line in LIST.read_text().splitlines():
        section = line.removeprefix("## ") if line.startswith("## ") else section
        if row := ROW.fullmatch(line):
            found.append(setting(section, row))
    return found


def setting(section: str, row: re.Match[str]) -> Setting:
    default = re.match(r"`(.*?)`", row["default"])
    return Setting(section, row["name"], bool(row["file"]), default[1] if default else "", row["meaning"], row["check"])


def text() -> str:
    lines, section = [HEAD], ""
    for one in settings():
        if one.section != section:
            section = one.section
            lines += [f"## {section}", ""]
        lines += one.lines()
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    (ROOT / "deploy" / "env.example").write_text(text())
