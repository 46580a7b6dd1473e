"""Deals and campaigns, and how a partner's status reaches them."""

from __future__ import annotations

from typing import Any

from . import examples
from .checks import blames, shows
from .side import Script, Side, learned_id

IN_EFFECT = {"status": "active", "effective_status": "active"}


def life_of_deals(side: Side, partner: str, published: dict[str, Any], name: str) -> Script[None]:
    """Play a deal with a campaign, and one that is inactive itself, from their creation to their archive."""
    deal = yield from created(side, "deals", examples.new_deal(partner, "Banners"), **IN_EFFECT)
    idle = yield from created(
        side, "deals", examples.new_deal(partner, "Idle", status="inactive"), effective_status="inactive"
    )
    campaign = yield from created(side, "campaigns", examples.new_campaign(deal, "Spring"), **IN_EFFECT)
    yield from published_sample(side, partner, published)
    yield from effects(side, deal, campaign, "inactive")
    yield side.patch("the partner is active again", f"/partners/{partner}", status="active", name=name)
    yield from effects(side, deal, campaign, "active")
    yield side.seen("what was inactive itself stays so", f"/deals/{idle}", effective_status="inactive")
    yield from end(side, deal, campaign)


def created(side: Side, rows: str, body: dict[str, Any], **shown: Any) -> Script[str]:
    step = side.step(f"new {rows}: {body['name']}", f"POST /{rows}", body, status=201, checks=(shows(**shown),))
    return (yield from learned_id(step))


def published_sample(side: Side, partner: str, published: dict[str, Any]) -> Script[None]:
    yield side.patch("the published update", f"/partners/{partner}", **published)
    yield side.seen("all that it says, as it was sent", f"/partners/{partner}", **published)


def effects(side: Side, deal: str, campaign: str, status: str) -> Script[None]:
    """See that a status is in effect, and that nobody's own status was written."""
    for path in (f"/deals/{deal}", f"/campaigns/{campaign}"):
        yield side.seen(f"it is {status} in effect", path, status="active", effective_status=status)


def end(side: Side, deal: str, campaign: str) -> Script[None]:
    in_use = blames("campaigns")
    yield side.refused("a deal in use", f"POST /deals/{deal}/archive", None, in_use)
    yield side.patch("the deal is inactive", f"/deals/{deal}", status="inactive")
    yield side.seen(
        "and so is its campaign, in effect", f"/campaigns/{campaign}", status="active", effective_status="inactive"
    )
    yield side.step("the deal's archive", f"POST /deals/{deal}/archive", status=204)
    yield side.seen("its campaign went with it", f"/campaigns/{campaign}", archived=True)
