"""Files that a person saves from the admin."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header


def dated(stem: str, ending: str) -> str:
    """Return the name of a file with the day in it."""
    return f"{stem}-{timezone.localdate().isoformat()}.{ending}"


def attachment(name: str, content_type: str, content: Iterable[bytes]) -> StreamingHttpResponse:
    """Return a file to be saved; Django writes the name so that any characters of it are harmless."""
    answer = StreamingHttpResponse(content, content_type=content_type)
    answer["Content-Disposition"] = content_disposition_header(True, name)  # noqa: FBT003 (Django's)
    answer["Cache-Control"] = "no-store"
    return answer
