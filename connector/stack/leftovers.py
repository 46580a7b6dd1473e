"""Processes of a stack whose terminal or supervisor was killed: found by a mark in their environment, and stopped."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import psutil

MARK = "CONNECTOR_STACK"  # Every process of a stack has it in its environment; its value is RUN_DIR.
PATIENCE = 80.0


def stop_leftovers(run_dir: Path) -> None:
    """Stop what an earlier stack of this RUN_DIR left running, and wait for it."""
    found = _find(run_dir)
    if not found:
        return
    sys.stdout.write(f"Stopping {len(found)} processes of a stack that was killed here.\n")
    for process in _topmost(found):
        process.send_signal(signal.SIGINT)  # The polite end of each: supervisord, gunicorn, Celery, both servers.
    _, alive = psutil.wait_procs(found, PATIENCE)
    for process in alive:
        process.kill()
    psutil.wait_procs(alive, PATIENCE)


def _find(run_dir: Path) -> list[psutil.Process]:
    return [process for process in psutil.process_iter() if _mark(process) == str(run_dir)]


def _mark(process: psutil.Process) -> str | None:
    try:
        return process.environ().get(MARK)
    except (psutil.Error, OSError):
        return None  # It ended meanwhile, or belongs to somebody else.


def _topmost(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Return those whose parent is not one of them: each stops its own children."""
    pids = {process.pid for process in processes}
    return [process for process in processes if process.ppid() not in pids]
