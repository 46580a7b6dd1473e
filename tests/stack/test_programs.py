"""The configuration that supervisord reads."""

from __future__ import annotations

import shlex
from configparser import RawConfigParser
from pathlib import Path

from connector.stack.postgres import Cluster
from connector.stack.programs import Program, configuration, processes, servers
from connector.stack.valkey import Valkey

HOME = Path("/a home")


def sections(*groups: list[Program]) -> RawConfigParser:
    parser = RawConfigParser()
    parser.read_string(configuration(HOME / "supervisor.sock", list(groups)))
    return parser


def test_command_comes_back_as_it_was_given() -> None:
    command = ["/bin/a b", "100%", "it's"]
    text = sections([Program("odd", command, 1)])["program:odd"]["command"]
    assert shlex.split(text.replace("%%", "%")) == command


def test_servers_are_of_the_group_that_stops_last() -> None:
    cluster, valkey = Cluster(HOME, HOME, HOME, None), Valkey(HOME, HOME / "valkey.sock")
    parser = sections(servers(cluster, valkey), processes())
    assert (parser["group:0"]["programs"], parser["group:1"]["programs"]) == (
        "postgres,valkey",
        "dispatcher,worker,effects,files,beat,web",
    )
    assert int(parser["group:0"]["priority"]) < int(parser["group:1"]["priority"])


def test_postgres_is_stopped_fast_and_by_its_own_user() -> None:
    section = sections(servers(Cluster(HOME, HOME, HOME, "pgserver"), None))["program:postgres"]
    assert (section["stopsignal"], section["user"]) == ("INT", "pgserver")


def test_servers_of_somebody_else_are_not_run() -> None:
    assert "group:0" not in sections(servers(None, None), processes())


def test_everything_that_dies_is_started_again() -> None:
    parser = sections(processes())
    assert {parser[f"program:{program.name}"]["autorestart"] for program in processes()} == {"true"}
