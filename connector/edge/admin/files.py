"""Files that a person saves from the admin."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header


def attachment(stem: str, ending: str, content_type: str, content: Iterable[bytes]) -> StreamingHttpResponse:
    """Return a file to be saved, named with the day; Django writes the name so that any characters are harmless."""
    name = f"{stem}-{timezone.localdate().isoformat()}.{ending}"
    answer = StreamingHttpResponse(content, content_type=content_type)
    answer["Content-Disposition"] = content_disposition_header(True, name)  # noqa: FBT003 (Django's)
    answer["Cache-Control"] = "no-store"
    return answer
