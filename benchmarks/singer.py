"""A Singer tap of ours piped into meltanolabs-target-postgres, which lives in an environment of its own."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

from benchmarks.processes import process
from benchmarks.theirs import FOLDER, PYTHON, Theirs
from connector.stack.postgres import ROLE

TARGET = Path(__file__).parent / ".venv-singer" / "bin" / "target-postgres"
SCHEMA = "singer_sales"


def load(theirs: Theirs, environment: dict[str, str], folder: Path) -> float:
    """Return the seconds that tap and target take together; the folder takes the target's configuration."""
    sockets = quote(str(theirs.servers.cluster.sockets), safe="/")
    url = f"postgresql+psycopg2://{ROLE}:-@/{theirs.database_name}?host={sockets}"
    config = {"sqlalchemy_url": url, "default_target_schema": SCHEMA, "load_method": "upsert"}
    configured = folder / "singer.json"
    configured.write_text(json.dumps(config))
    log = theirs.servers.log("singer")
    started = time.perf_counter()
    with process(
        [str(PYTHON), "-m", "singer_tap"], log=log, env=environment, cwd=FOLDER, stdout=subprocess.PIPE
    ) as tap:
        with log.open("ab") as told:
            command = [str(TARGET), "--config", str(configured)]
            subprocess.run(command, stdin=tap.stdout, stdout=told, stderr=told, check=True)
        tap.wait()
    return time.perf_counter() - started
