"""How long a person stays signed in: a while without use, and no longer than a day's work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.base import SessionBase
from django.dispatch import receiver
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

SINCE, SEEN = "edge.since", "edge.seen"  # Seconds since 1970.
EXACT_TO = 60  # Seconds: not every click is worth a write.


class SessionLimits:
    """Signs out who was away, or has been here, for too long."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if SESSION_KEY in request.session:
            keep_or_end(request, timezone.now().timestamp())
        return self.get_response(request)


def keep_or_end(request: HttpRequest, now: float) -> None:
    reason = why_over(request.session, now)
    if reason:
        logout(request)
        messages.info(request, f"You were signed out: {reason}.")
    elif now - request.session[SEEN] >= EXACT_TO:
        request.session[SEEN] = now


def why_over(session: SessionBase, now: float) -> str:
    """Return why a session is over, empty while it is not."""
    idle, hours = settings.CONNECTOR_SESSION_IDLE_MINUTES, settings.CONNECTOR_SESSION_HOURS
    if now - session.get(SINCE, 0) >= hours * 3600:
        return f"a session lasts {hours} hours"
    # Use is noted once a minute, so that a minute of grace is what makes the limit no shorter than it says.
    if now - session.get(SEEN, 0) >= idle * 60 + EXACT_TO:
        return f"nothing was done for {idle} minutes"
    return ""


@receiver(user_logged_in)
def note_beginning(request: HttpRequest, **_kwargs: Any) -> None:
    request.session[SINCE] = request.session[SEEN] = timezone.now().timestamp()
