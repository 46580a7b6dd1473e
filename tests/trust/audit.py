"""`make audit`: known weaknesses of what the requirements pin, told by pip-audit where its service answers.

A service that is away and one that knows nothing look alike to whoever reads "no known vulnerabilities". So it is
asked first about a release that is known to be bad, and believed only where it finds that.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
KNOWN_BAD = "django==3.2.0\n"
PINNED = sorted([*ROOT.glob("requirements*.txt"), *ROOT.glob("*/requirements*.txt")])
OPTIONS = ("--no-deps", "--disable-pip", "--format", "json", "--progress-spinner", "off", "--timeout", "15")
PATIENCE = 300  # seconds
Weaknesses = dict[str, list[str]]


def weaknesses(requirements: Path) -> Weaknesses | None:
    """Return what is known of each pin, None where the service did not answer."""
    command = [sys.executable, "-m", "pip_audit", *OPTIONS, "--requirement", str(requirements)]
    try:
        told = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE).stdout
        found: list[dict[str, Any]] = json.loads(told)["dependencies"]
    except (ValueError, subprocess.TimeoutExpired):
        return None
    return {
        f"{pin['name']} {pin['version']}": [weak["id"] for weak in pin["vulns"]] for pin in found if pin.get("vulns")
    }


def answers() -> bool:
    """Tell whether the service finds what is known to be bad."""
    with tempfile.TemporaryDirectory() as folder:
        bad = Path(folder) / "requirements.txt"
        bad.write_text(KNOWN_BAD)
        return bool(weaknesses(bad))


def audit() -> str:
    """Return one line, or one for each weak pin."""
    if not answers():
        return "not audited: the service that knows weaknesses of packages does not answer here"
    found: Weaknesses = {}
    for file in PINNED:
        told = weaknesses(file)
        if told is None:
            return f"not audited: the service stopped answering at {file.relative_to(ROOT)}"
        found |= told
    return "\n".join(f"weak: {pin} ({', '.join(ids)})" for pin, ids in found.items()) or "audited: nothing is known"


if __name__ == "__main__":
    line = audit()
    sys.stdout.write(f"{line}\n")
    sys.exit(line.startswith("weak"))
