from __future__ import annotations

from django.http import HttpRequest

from connector.edge.trace import trace_id
from partners.audit import Actor


def actor_of(request: HttpRequest) -> Actor:
    """Return the user of the admin as the trail names one."""
    return Actor(f"user {request.user.get_username()}", trace_id(request))
