"""Bodies of the play: the published one, and others that a partner application would send."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Any

PUBLISHED = Path(__file__).resolve().parents[3] / "tests" / "partners" / "examples" / "update.request.json"
BILLING_ADDRESS = {"street": "Example Street 1", "city": "Bremen", "post_code": "28195", "country": "de"}


def published_update(manager: str) -> dict[str, Any]:
    """Return the published body, made an object, with a manager who exists here."""
    body: dict[str, Any] = json.loads(PUBLISHED.read_bytes())
    return body | {"manager_ids": [manager]}


def new_name() -> str:
    """Return a name that no earlier play has left."""
    return f"Demo {secrets.token_hex(4)}"


def new_partner(name: str, manager: str) -> dict[str, Any]:
    return {"manager_ids": [manager], "name": name, "type": ["advertiser"], "status": "active"}


def new_deal(partner: str, name: str, **more: Any) -> dict[str, Any]:
    return {"partner_id": partner, "name": name, "base_price": 1.25, "clickthrough": True, **more}


def new_campaign(deal: str, name: str) -> dict[str, Any]:
    return {"deal_id": deal, "name": name}
