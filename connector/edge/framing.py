"""What must be true of a request's body before it is read: length, size and media type.

The WSGI server hands over a chunked body without a length, which Django reads as empty, and a cut body as what came
of it; both must be refused here, or a prefix that happens to parse would be stored.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, UnreadablePostError

from connector.edge.errors import BadRequest, LengthRequired, TooLarge, UnsupportedMedia, shown

LONGEST_LENGTH = 18  # digits


def check_framing(request: HttpRequest) -> None:
    """Refuse a body that cannot be read whole and as JSON text.

    Raises:
        LengthRequired, TooLarge, UnsupportedMedia, BadRequest
    """
    if check_length(request, settings.CONNECTOR_BODY_LIMIT) and not is_json(request):
        raise UnsupportedMedia


def check_length(request: HttpRequest, limit: int) -> int:
    """Return how many bytes the body has.

    Raises:
        LengthRequired, TooLarge, BadRequest
    """
    if "HTTP_TRANSFER_ENCODING" in request.META:
        raise LengthRequired
    length = content_length(request)
    if length > limit:
        raise TooLarge(f"The body has {length} bytes; at most {limit} are taken.")
    return length


def content_length(request: HttpRequest) -> int:
    text = request.META.get("CONTENT_LENGTH") or "0"
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_LENGTH):
        raise BadRequest.at("Content-Length", "invalid_length", "Content-Length must be a whole number.", shown(text))
    return int(text)


def is_json(request: HttpRequest) -> bool:
    charset = (request.content_params or {}).get("charset", "utf-8").lower()
    encoding = request.META.get("HTTP_CONTENT_ENCODING", "identity").lower()
    return request.content_type == "application/json" and charset in {"utf-8", "utf8"} and encoding == "identity"


def read_body(request: HttpRequest) -> bytes:
    """Return the body as the bytes that came, all of them; decoding is the entity's validator's work.

    Raises:
        BadRequest: the client left in the middle.
    """
    length = content_length(request)
    try:
        raw: bytes = request.read(length) if length else b""
    except UnreadablePostError:
        raw = b""
    if len(raw) < length:
        message = f"The body ended after {len(raw)} of the {length} bytes that were announced."
        raise BadRequest.at("Content-Length", "body_cut", message)
    return raw
