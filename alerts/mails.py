"""Alerts by mail: one alert as it is, several as one digest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.conf import settings

from alerts.kinds import title_of
from alerts.models import Alert
from alerts.untold import NotTold
from connector.edge import mail

SHOWN = 50
NAMED = 3  # kinds in a subject
ABOUT = "alerts"


def tell(alerts: Sequence[Alert], name: str) -> None:
    """Send a mail to each address; raise NotTold where the server takes none."""
    addresses = list(dict.fromkeys(settings.CONNECTOR_ALERT_EMAILS))
    try:
        refused = mail.send(mail.made("alerts/alert", context_of(alerts), addresses, name=name), about=ABOUT)
    except mail.NotSent as exc:
        raise NotTold(str(exc)) from exc
    if refused == len(addresses):
        raise NotTold("The mail server refuses all addresses.")


def give_up(alerts: int) -> None:
    """Count alerts that nobody is told of any more."""
    mail.give_up(ABOUT, alerts)


def context_of(alerts: Sequence[Alert]) -> dict[str, object]:
    return {
        "subject": subject_of(alerts),
        "lines": [line(alert) for alert in alerts[:SHOWN]],
        "more": len(alerts) - SHOWN,
        "all": url_of("/admin/alerts/alert/"),
    }


def subject_of(alerts: Sequence[Alert]) -> str:
    if len(alerts) == 1:
        return alerts[0].text[:150]
    kinds = Counter(title_of(alert.kind) for alert in alerts).most_common()
    told = ", ".join(f"{title} ({count})" for title, count in kinds[:NAMED])
    return f"{len(alerts):,} alerts: {told}" + (" and others" if len(kinds) > NAMED else "")


def line(alert: Alert) -> dict[str, object]:
    return {"alert": alert, "title": title_of(alert.kind), "url": url_of(alert.path)}


def url_of(path: str) -> str:
    """Return where a page is; empty where nobody has said what our address is."""
    return f"{settings.CONNECTOR_LINKS_URL}{path}" if settings.CONNECTOR_LINKS_URL else ""
