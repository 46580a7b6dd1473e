"""JSON Schema with its patterns as ECMA 262 has them: `$` is the end of a text, and not a place before a last newline."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

END = re.compile(r"(?<!\\)\$")


def pattern(validator: Any, wanted: str, value: Any, _schema: Any) -> Iterator[ValidationError]:
    if validator.is_type(value, "string") and not re.search(END.sub(r"\\Z", wanted), value):
        yield ValidationError(f"{value!r} does not match {wanted!r}")


EcmaValidator = extend(Draft202012Validator, {"pattern": pattern})
