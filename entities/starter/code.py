"""Python source of calls, laid out as the formatter does it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 120
INDENT = "    "


@dataclass(frozen=True)
class Call:
    """A call with arguments by name ("" for one by position), each with a remark above it or none."""

    function: str
    arguments: Sequence[tuple[str, str | Call]]
    remarks: Sequence[str] = ()

    @property
    def is_open(self) -> bool:
        return bool(self.remarks) or any(isinstance(value, Call) and value.is_open for _, value in self.arguments)

    def in_line(self) -> str:
        shown = (
            named(name) + (value.in_line() if isinstance(value, Call) else value) for name, value in self.arguments
        )
        return f"{self.function}({', '.join(shown)})"

    def source(self, indent: str, prefix: str, suffix: str = "") -> list[str]:
        """Return the lines of the call after a prefix, on one line where that fits."""
        line = f"{indent}{prefix}{self.in_line()}{suffix}"
        if len(line) <= WIDTH and not self.is_open:
            return [line]
        lines = [f"{indent}{prefix}{self.function}("]
        for position, (name, value) in enumerate(self.arguments):
            if position < len(self.remarks) and self.remarks[position]:
                lines.append(f"{indent}{INDENT}# {self.remarks[position]}")
            lines += argument(indent + INDENT, named(name), value)
        return [*lines, f"{indent}){suffix}"]


def argument(indent: str, prefix: str, value: str | Call) -> list[str]:
    if isinstance(value, Call):
        return value.source(indent, prefix, ",")
    line = f"{indent}{prefix}{value},"
    return [line] if len(line) <= WIDTH else [f"{indent}{prefix}(", *pieces(value, indent + INDENT), f"{indent}),"]


def pieces(literal: str, indent: str) -> list[str]:
    """Return a long text literal as several, one a line."""
    words, lines = json.loads(literal).split(" "), [""]
    for word in words:
        if lines[-1] and len(indent) + len(quoted(lines[-1] + word)) > WIDTH - 1:
            lines.append("")
        lines[-1] += word + " "
    lines[-1] = lines[-1][:-1]
    return [indent + quoted(line) for line in lines]


def named(name: str) -> str:
    return f"{name}=" if name else ""


def quoted(text: str) -> str:
    """Return a text literal; what looks like something else is escaped."""
    literal = json.dumps(text, ensure_ascii=False)
    return "".join(char if char.isascii() or is_letter(char) else json.dumps(char)[1:-1] for char in literal)


def is_letter(char: str) -> bool:
    return char.isalpha() and char < "\u0250"
