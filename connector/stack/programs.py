"""The programs of the stack, and the supervisord configuration that runs them."""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from connector.stack.place import CHECKOUT
from connector.stack.postgres import Cluster
from connector.stack.valkey import Valkey

CELERY = (sys.executable, "-m", "celery", "--quiet", "-A", "connector.celery")
RPC = "supervisor.rpcinterface:make_main_rpcinterface"
WORKER_OPTIONS = ("--concurrency=2", "--without-gossip", "--without-mingle", "-O", "fair", "--loglevel=INFO")


@dataclass(frozen=True)
class Program:
    """One supervised program."""

    name: str
    command: list[str]
    patience: int  # seconds from the signal to the kill
    signal: str = "TERM"
    user: str | None = None

    def section(self) -> str:
        """Return its part of the supervisord configuration, which is read in RUN_DIR."""
        options: dict[str, object] = {
            "command": shlex.join(self.command),
            "directory": "/" if self.user else str(CHECKOUT),
            "autostart": "false",
            "autorestart": "true",
            "startretries": 5,
            "stopsignal": self.signal,
            "stopwaitsecs": self.patience,
            "killasgroup": "true",
            "redirect_stderr": "true",
            "stdout_logfile": f"logs/{self.name}.log",
            "stdout_logfile_maxbytes": "10MB",
            "stdout_logfile_backups": 3,
        }
        if self.user:
            options["user"] = self.user
        return _section(f"program:{self.name}", options)


def servers(cluster: Cluster | None, valkey: Valkey | None) -> list[Program]:
    """Return PostgreSQL and Valkey where they are ours."""
    programs = []
    if cluster:
        programs.append(Program("postgres", cluster.command(), 60, signal="INT", user=cluster.user))
    if valkey:
        programs.append(Program("valkey", valkey.command(), 30))
    return programs


def processes() -> list[Program]:
    """Return our own processes; the worker may finish a task up to its hard time limit."""
    gunicorn = [sys.executable, "-m", "gunicorn", "-c", str(CHECKOUT / "deploy" / "gunicorn.conf.py")]
    return [
        Program("dispatcher", [sys.executable, str(CHECKOUT / "manage.py"), "dispatch"], 30),
        Program("worker", [*CELERY, "worker", "-Q", "celery", "-n", "worker@%h", *WORKER_OPTIONS], 70),
        Program("effects", [*CELERY, "worker", "-Q", "effects", "-n", "effects@%h", *WORKER_OPTIONS], 70),
        Program("files", [*CELERY, "worker", "-Q", "files", "-n", "files@%h", *WORKER_OPTIONS], 70),
        Program("beat", [*CELERY, "beat", "--loglevel=INFO"], 10),
        Program("web", gunicorn, 40),
    ]


def configuration(socket: Path, groups: list[list[Program]]) -> str:
    """Return what supervisord reads; the last group stops first, and each as a whole."""
    daemon: dict[str, object] = {
        "nodaemon": "true",
        "silent": "true",
        "logfile": "logs/supervisord.log",
        "pidfile": "supervisord.pid",
    }
    if os.geteuid() == 0:
        daemon["user"] = "root"  # Without it supervisord warns of what is meant.
    parts = [
        _section("supervisord", daemon),
        _section("unix_http_server", {"file": socket, "chmod": "0700"}),
        _section("rpcinterface:supervisor", {"supervisor.rpcinterface_factory": RPC}),
        *(group_section(rank, programs) for rank, programs in enumerate(groups) if programs),
        *(program.section() for programs in groups for program in programs),
    ]
    return "\n".join(parts)


def group_section(rank: int, programs: list[Program]) -> str:
    return _section(f"group:{rank}", {"programs": ",".join(program.name for program in programs), "priority": rank})


def _section(name: str, options: dict[str, object]) -> str:
    """Return a section; supervisord would expand a bare percent sign."""
    lines = (f"{key} = {str(value).replace('%', '%%')}" for key, value in options.items())
    return "\n".join([f"[{name}]", *lines, ""])
