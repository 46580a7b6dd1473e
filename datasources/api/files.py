"""The file of an upload: a part of a multipart body, which has a limit of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

from connector.edge.errors import Fault, UnsupportedMedia
from connector.edge.framing import check_length
from datasources.api.asked import KINDS, asked_upload
from datasources.errors import Refused


def check_multipart(request: HttpRequest) -> None:
    """Refuse a body that is no form with a file, or too large.

    Raises:
        LengthRequired, TooLarge, UnsupportedMedia, BadRequest
    """
    check_length(request, settings.CONNECTOR_UPLOAD_LIMIT)
    if request.content_type != "multipart/form-data" or "HTTP_CONTENT_ENCODING" in request.META:
        raise UnsupportedMedia("Send the file as the part `file` of multipart/form-data.")


def read_upload(request: HttpRequest, given: Mapping[str, str]) -> dict[str, Any]:
    """Return what `uploads.upload` takes.

    Raises:
        BadRequest: with everything that is wrong.
    """
    name, query = asked_upload(given)
    kind = query.one_of("type", KINDS)
    file = part(request)
    if file is None or not file.name:
        query.faults.append(Fault("file", "Required", "A part named file is required, with the file's name."))
    elif not file.size:
        query.faults.append(Fault("file", "InvalidFormat", "file is empty."))
    query.check()
    return {"name": name or file.name, "processor_type": kind, "file": file} if file else {}


def part(request: HttpRequest) -> UploadedFile[Any] | None:
    """Return the part of the name, None where there is no such part."""
    try:
        return request.FILES.get("file")
    except (MultiPartParserError, UnreadablePostError) as exc:
        sentence = "The body is not readable as multipart/form-data, or was cut."
        raise Refused("file", "InvalidFormat", sentence) from exc
