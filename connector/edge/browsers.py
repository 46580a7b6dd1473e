"""What answers tell browsers to refuse; SECURITY.md says why each exception is one."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

ADMIN = "/admin/"
REFERENCE = "/docs/"
NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
OWN_FILES = (
    "default-src 'none'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
OWN_SCRIPTS = OWN_FILES.replace(" 'unsafe-eval'", "")
UNUSED = ("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "microphone", "payment", "usb")
PERMISSIONS = ", ".join(f"{name}=()" for name in UNUSED)


class BrowserHeaders:
    """Names what a page may load and do; Django's own middleware adds what has a setting there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_admin = request.path_info.startswith(ADMIN)
        response.headers["Content-Security-Policy"] = policy_of(request.path_info)
        response.headers["Permissions-Policy"] = PERMISSIONS
        if is_admin:  # What Django leaves to be kept has names of models and of the person in it, too.
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def policy_of(path: str) -> str:
    if path.startswith(ADMIN):
        return OWN_FILES
    return OWN_SCRIPTS if path == REFERENCE else NOTHING
