"""Where the files of a new entity stand, and what is in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from entities.starter.names import class_name

TEST = """from __future__ import annotations

import json

from tests.conftest import Dsync, example


def test_{name}_example_is_served_as_it_came(dsync: Dsync) -> None:
    body = example("{name}.create")
    answer = dsync.post("{name}", body)
    assert answer.status_code == 201, answer.content
    (item,) = dsync.items("{name}").json()["data"]["items"]
    assert item == item | json.loads(body)
"""


def places(root: Path, name: str) -> tuple[Path, Path, Path]:
    """Return where the model, the example and the test of an entity stand."""
    return (
        root / "entities" / "models" / f"{name}.py",
        root / "tests" / "contract" / "examples" / f"{name}.create.json",
        root / "tests" / "contract" / f"test_{name}.py",
    )


def obstacles(root: Path, name: str) -> Iterator[str]:
    """Yield what is there already: nothing is ever overwritten."""
    for path in places(root, name):
        if path.exists():
            yield f"{path.relative_to(root)} is there already"


def write_entity(root: Path, name: str, model: str, example: bytes) -> Iterable[Path]:
    """Write the files of an entity, import it, and return what was written."""
    model_path, example_path, test_path = places(root, name)
    model_path.write_text(model)
    example_path.write_bytes(example)
    test_path.write_text(TEST.format(name=name))
    index = root / "entities" / "models" / "__init__.py"
    index.write_text(with_import(index.read_text(), name))
    return model_path, index, example_path, test_path


def with_import(index: str, name: str) -> str:
    """Return the package's source with one more entity, its lines in order."""
    line = f"from entities.models.{name} import {class_name(name)}\n"
    imports = sorted({*re.findall(r"^from entities\.models\..*\n", index, re.MULTILINE), line})
    exported = sorted({*re.findall(r'^    "\w+",\n', index, re.MULTILINE), f'    "{class_name(name)}",\n'})
    index = re.sub(r"(?:^from entities\.models\..*\n)+", lambda _: "".join(imports), index, count=1, flags=re.MULTILINE)
    return re.sub(r'(?:^    "\w+",\n)+', lambda _: "".join(exported), index, count=1, flags=re.MULTILINE)
