"""Where a stack keeps what is its own: its credentials, logs, data and sockets."""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from connector.stack.errors import StackError
from connector.stack.system_user import can_reach, system_user

CHECKOUT = Path(__file__).resolve().parent.parent.parent
RUN_DIR = CHECKOUT / ".run"  # where nothing is set
LONGEST_SOCKET = "postgres-socket/.s.PGSQL.5432"
SOCKET_PATH_LIMIT = 103  # bytes that macOS takes; Linux takes 107


def run_dir() -> Path:
    """Return RUN_DIR of this process, which the settings read too."""
    return Path(os.environ.get("RUN_DIR") or RUN_DIR).resolve()


@dataclass(frozen=True)
class Place:
    """The folders of one stack; `home` holds the servers' data."""

    run_dir: Path
    home: Path
    sockets: Path

    @classmethod
    def of(cls, run_dir: Path) -> Place:
        """Make RUN_DIR and find out where data and sockets can be; raise StackError where nothing can be written."""
        try:
            _make(run_dir)
        except OSError as exc:
            raise StackError(f"RUN_DIR {run_dir} cannot be written: {exc.strerror}. Set RUN_DIR elsewhere.") from exc
        home = run_dir if can_reach(run_dir, system_user()) else _in_temp(run_dir)
        return cls(run_dir, home, home if _is_short(home) else _in_temp(run_dir))

    @property
    def credentials(self) -> Path:
        return self.run_dir / "credentials"

    @property
    def postgres_sockets(self) -> Path:
        return self.sockets / "postgres-socket"

    @property
    def logs(self) -> Path:
        return self.run_dir / "logs"

    @contextmanager
    def lock(self, url: str) -> Iterator[None]:
        """Hold the stack of this RUN_DIR alone; the kernel lets go of it however this process ends."""
        with (self.run_dir / "lock").open("a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as exc:
                file.seek(0)
                raise StackError(
                    f"The connector already runs here: {file.read()} (stop it with Ctrl-C there)."
                ) from exc
            file.truncate(0)
            file.write(url)
            file.flush()
            yield


def _make(run_dir: Path) -> None:
    """Make the folder, or prove that it can be written."""
    if not run_dir.exists():
        run_dir.mkdir(parents=True)
        run_dir.chmod(0o711)  # PostgreSQL's own system user passes through.
    (run_dir / "logs").mkdir(exist_ok=True)
    tempfile.TemporaryFile(dir=run_dir).close()


def _is_short(folder: Path) -> bool:
    return len(os.fsencode(folder / LONGEST_SOCKET)) <= SOCKET_PATH_LIMIT


def _in_temp(run_dir: Path) -> Path:
    """Return this RUN_DIR's folder in the system's temp directory; raise StackError if another user made it."""
    name = hashlib.sha256(os.fsencode(run_dir)).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"connector-{name}"
    folder.mkdir(mode=0o711, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise StackError(f"{folder} belongs to somebody else. Set RUN_DIR to a shorter path that every user can enter.")
    return folder
