"""What the theme needs of the console on every page."""

from __future__ import annotations

from django.http import HttpRequest
from django.templatetags.static import static


def style(_request: HttpRequest) -> str:
    return static("console/console.css")
