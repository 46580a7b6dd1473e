"""Reading the listings of FTP servers: MLSD's facts, and the lines of LIST where a server has nothing better."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from datasources.remote.entries import Entry, joined

UNIX = re.compile(
    r"-[rwxsStT-]{9}\S*\s+\d+\s+\S+\s+(?:\S+\s+)?(?P<size>\d{1,18})\s+"
    r"(?P<month>[A-Z][a-z]{2})\s+(?P<day>\d{1,2})\s+(?P<when>\d{1,2}:\d\d|\d{4}) (?P<name>.+)"
)
DOS = re.compile(r"(?P<date>\d\d-\d\d-\d\d(?:\d\d)?)\s+(?P<time>\d\d:\d\d[AP]M)\s+(?P<size>\d{1,18})\s+(?P<name>.+)")
SIZE = re.compile(r"[0-9]{1,18}")
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def of_reply(folder: str, line: str) -> Entry | None:
    """Return the file of a line of MLSD, None for a folder or what cannot be read."""
    told, _, name = line.partition(" ")
    facts = {key.lower(): value for key, _, value in (fact.partition("=") for fact in told.split(";"))}
    size = facts.get("size", "")
    if facts.get("type", "").lower() != "file" or not SIZE.fullmatch(size):
        return None
    return Entry(joined(folder, name), int(size), moment(facts.get("modify", "")))


def moment(text: str) -> datetime | None:
    """Return a time of MLSD, which is UTC and may have a fraction."""
    try:
        return datetime.strptime(text[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def of_line(folder: str, line: str) -> Entry | None:
    """Return the file of a line of LIST, None for a folder, a link, or what cannot be read."""
    if found := UNIX.fullmatch(line):
        return Entry(joined(folder, found["name"]), int(found["size"]), unix_moment(found))
    if found := DOS.fullmatch(line):
        return Entry(joined(folder, found["name"]), int(found["size"]), dos_moment(found))
    return None


def unix_moment(found: re.Match[str]) -> datetime | None:
    """Return the time of a line, which has a year or else a time of day within the past months."""
    now = datetime.now(UTC)
    year, clock = (found["when"], "00:00") if ":" not in found["when"] else (str(now.year), found["when"])
    try:
        month = MONTHS.index(found["month"]) + 1
        at = datetime.strptime(f"{year}-{month}-{found['day']} {clock}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
        return at.replace(year=at.year - 1) if (at - now).days > 1 else at
    except ValueError:  # No such day in that year.
        return None


def dos_moment(found: re.Match[str]) -> datetime | None:
    form = "%m-%d-%Y %I:%M%p" if len(found["date"]) == 10 else "%m-%d-%y %I:%M%p"
    try:
        return datetime.strptime(f"{found['date']} {found['time']}", form).replace(tzinfo=UTC)
    except ValueError:
        return None
