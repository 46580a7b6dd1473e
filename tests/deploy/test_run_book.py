"""What the documents have people type is there: commands with their options, units, services, deployments."""

from __future__ import annotations

import re
from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Iterator

import pytest
import yaml
from django.core.management import get_commands, load_command_class

from tests.deploy.manifests import CHECK, DEPLOY, ROOT, resources

DOCUMENTS = [ROOT / name for name in ("README.md", "SECURITY.md", "ARCHITECTURE.md", "CONTRIBUTING.md")]
DOCUMENTS += [DEPLOY / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BOOK = (DEPLOY / "README.md").read_text()
TYPED = re.compile(r"\bmanage(?:\.py)? ([a-z]\w+)((?: [^`;&|\n]+)?)")
LISTED = re.compile(r"^\| `(\w+)((?: [^`]+)?)`", re.MULTILINE)
COMPOSE = re.compile(r"docker compose (?:build|up|run|exec|stop) ((?:-\S+ |--\S+ |\w+=\d )*)([a-z ]+)")
VERBS = {"has"}  # "manage.py has nothing to add": a sentence.


def commands() -> Iterator[tuple[str, str]]:
    """Yield every command of manage.py with the arguments that a document gives it."""
    for document in DOCUMENTS:
        yield from (found for found in TYPED.findall(document.read_text()) if found[0] not in VERBS)
    table = (ROOT / "README.md").read_text().partition("| command | what it does |\n")[2].partition("\n\n")[0]
    yield from LISTED.findall(table)


ASKED = sorted({*commands()})


def parsers(parser: ArgumentParser) -> Iterator[ArgumentParser]:
    """Yield a parser, and those of its subcommands."""
    yield parser
    for action in parser._actions:
        if isinstance(action, _SubParsersAction):
            for each in action.choices.values():
                yield from parsers(each)


@pytest.mark.parametrize(("name", "arguments"), ASKED, ids=[f"{name}{rest}" for name, rest in ASKED])
def test_command_that_a_document_names_is_there_with_its_options(name: str, arguments: str) -> None:
    place = get_commands()[name]
    command = load_command_class(place, name) if isinstance(place, str) else place
    known = {option for parser in parsers(command.create_parser("manage.py", name)) for option in parser._option_string_actions}  # fmt: skip
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", arguments)) <= known


def test_documents_name_commands() -> None:
    """Else nothing would have been looked at."""
    assert {"issue_token", "rotate_secrets", "resync", "createsuperuser", "dispatch"} <= {name for name, _ in ASKED}
    assert ("reconcile", " ENTITY --from URL --entity-token E") in ASKED


def test_units_that_the_run_book_names_are_there() -> None:
    named = set(re.findall(r"\bconnector-(?:web|worker|dispatch|beat|migrate)\b@?", BOOK))
    assert {name.removesuffix("@") for name in named} == {
        re.split(r"[@.]", unit)[0] for unit in CHECK["UNITS"] if unit.endswith(".service")
    }


def test_services_of_compose_that_the_run_book_names_are_there() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    named = [words.split() for _, words in COMPOSE.findall(BOOK)]
    assert named
    assert {words[0] for words in named} <= set(services)


def test_what_kubectl_is_told_of_is_there() -> None:
    there = {f"{each['kind'].lower()}/{each['metadata']['name']}" for kind in ("Deployment", "Job") for each in resources(kind)}  # fmt: skip
    assert set(re.findall(r"\b(?:deployment|job)/\w+", BOOK)) <= there
