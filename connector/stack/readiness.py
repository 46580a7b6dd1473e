"""What `GET /health/ready` of the stack says."""

from __future__ import annotations

from ssl import PROTOCOL_TLS_CLIENT, SSLContext

import httpx

# Of HTTP alone: who asks often is not to read the machine's certificates each time.
UNSEALED = SSLContext(PROTOCOL_TLS_CLIENT)


def is_ready(url: str) -> bool:
    """Tell whether the service takes writes and nothing is degraded."""
    try:
        answer = httpx.get(f"{url}/health/ready", verify=UNSEALED, trust_env=False, timeout=10)
    except httpx.HTTPError:
        return False
    return answer.status_code == 200 and not answer.json()["data"]["degraded"]
