"""How many calls a client may make on Dsync's routes: any number, unless the admin sets a quota for it.

They are counted in Valkey, exact across all processes, and pass while it is away: a quota keeps one client from taking
all there is, and an accepted write is never worth less than that.
"""

from __future__ import annotations

from connector.edge.allowances import Window
from connector.edge.errors import TooManyRequests
from connector.edge.models import Client
from connector.edge.open_rates import admit_openly

REFUSED = "The client has used up its quota; Retry-After tells when it has calls again."


def quota_of(client: Client) -> tuple[Window, ...]:
    """Return the windows of a client, which hold at once; none where it may make any number of calls."""
    limits = ((client.burst, 1), (client.steady, 60))
    return tuple(Window(limit, seconds) for limit, seconds in limits if limit)


def take_of_quota(client_id: int, quota: tuple[Window, ...]) -> None:
    """Take a call out of a client's quota.

    Raises:
        TooManyRequests
    """
    admission = admit_openly(f"client:{client_id}", quota)
    if not admission.admitted:
        raise TooManyRequests(admission.retry_after, REFUSED)
