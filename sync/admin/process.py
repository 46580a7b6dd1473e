"""A process on one page: how it stands with us, what Dsync thinks of it, and everything that happened, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from connector.edge.admin.clients import client_name
from connector.edge.admin.text import link, moment, short, tag
from connector.edge.models import Client
from connector.edge.payloads import payload
from connector.edge.strict_json import printable
from notifications.models import Notification
from sync.admin import columns
from sync.admin.operations import Operated
from sync.admin.records import entry
from sync.models import Delivery, Job
from sync.operating import process
from sync.operating.disagreements import Disagreement, judged, unsettled
from sync.operating.process import Event, Places, Standing
from sync.serving.progress import COUNTED, counts

LONGEST_MESSAGE = 500
Link = Callable[[int], str]
_origins: dict[str, Link] = {"pull": lambda number: reverse("admin:sync_pull_change", args=[number])}


def register_origin(prefix: str, url: Link) -> None:
    """Have processes that are named by a prefix and a number lead to the page of what they are."""
    _origins[prefix] = url


def page(request: HttpRequest, model_admin: Operated) -> HttpResponse:
    process_id, places = printable(request.GET.get("id", "").strip()), asked_places(request)
    found = process.standings(process_id)
    sources: dict[str, Any] = {"deliveries": Delivery.objects.of_process(process_id).defer(*process.HEAVY)}
    if request.user.has_perm("notifications.view_notification"):
        process.add_reports(process_id, found)
        sources["notifications"] = Notification.objects.filter(process_id=process_id).defer("digest")
    if request.user.has_perm("sync.view_job"):
        sources["jobs"] = process.jobs_of(found.values())
    events = process.timeline(sources, places)
    context = {
        "process_id": process_id,
        "origin": origin(process_id),
        "standings": list(shown_standings(process_id, found, has_reports="notifications" in sources)),
        "events": [shown(event, found) for event in events.events],
        "older": page_url(process_id, events.following) if events.following else "",
        "newest": columns.process_url(process_id) if places else "",
    }
    return model_admin.page(request, "sync/process.html", f"Process {short(process_id)}", **context)


def asked_places(request: HttpRequest) -> Places:
    """Return where each source goes on; what is no number is passed over."""
    given = {source: request.GET.get(source, "") for source in process.SOURCES}
    return {source: int(text) for source, text in given.items() if text.isascii() and text.isdigit() and len(text) < 19}


def page_url(process_id: str, places: Places) -> str:
    return f"{columns.process_url(process_id)}&{urlencode(places)}"


def origin(process_id: str) -> SafeString | str:
    """Return a link to the pull or import of ours that a process is, empty where it is none."""
    prefix, _, number = process_id.rpartition("-")
    is_number = number.isascii() and number.isdigit() and len(number) < 19
    return link(_origins[prefix](int(number)), f"{prefix} {number}") if prefix in _origins and is_number else ""


def shown_standings(process_id: str, found: dict[int, Standing], *, has_reports: bool) -> Iterator[dict[str, Any]]:
    """Yield what is told of each client's process: its accounts by entity, Dsync's word, and where both disagree."""
    names = dict(Client.objects.filter(pk__in=found).values_list("pk", "name"))
    for client_id, standing in found.items():
        yield {
            "client": names.get(client_id, client_id),
            "rows": [account(process_id, entity, by_state) for entity, by_state in sorted(standing.by_entity.items())],
            "names": ["received", *COUNTED],
            "first": moment(standing.first),
            "last": moment(standing.last),
            "reports": report(process_id, standing) if has_reports else "",
            "mark": verdict_mark(standing),
        }


def account(process_id: str, entity: str, by_state: dict[str, int]) -> dict[str, Any]:
    """Return the counts of an entity, each leading to the deliveries that it counts."""
    return {
        "entity": entity,
        "counts": [
            count_link(process_id, entity, name, count) if count else "0" for name, count in counts(by_state).items()
        ],
    }


def count_link(process_id: str, entity: str, name: str, count: int) -> SafeString:
    chosen = {"entity": entity, **({"state": COUNTED[name][0].value} if len(COUNTED.get(name, ())) == 1 else {})}
    return link(f"{columns.deliveries_url(process_id)}&{urlencode(chosen)}", f"{count:,}")


def report(process_id: str, standing: Standing) -> str:
    """Return Dsync's newest word on the whole process, and how much it has told."""
    if not standing.told:
        return "Dsync has reported nothing of it."
    word = "Dsync speaks of single nodes alone"
    if verdict := standing.verdict:
        word = format_html("{} {} · {}", status(verdict), payload(short(verdict.message)), moment(verdict.received_at))
    url = f"{reverse('admin:notifications_notification_changelist')}?{urlencode({'q': process_id})}"
    told = link(url, f"{standing.told:,} report{'' if standing.told == 1 else 's'}")
    return format_html("{} ({}, {} of a failure)", word, told, f"{standing.failures:,}")


def status(notification: Notification) -> SafeString:
    return tag(str(notification.status), "red" if notification.status >= 400 else "green")


def verdict_mark(standing: Standing) -> SafeString | str:
    return mark(standing.verdict, standing) if standing.verdict else ""


def mark(notification: Notification, standing: Standing) -> SafeString | str:
    """Return what of a report disagrees with our deliveries as they stand now."""
    told = notification.status, notification.node_id, standing.by_state
    if disagreement := judged(*told):
        return tag(f"Disagreement: {Disagreement(disagreement).label}.", "red edge-sentence")
    if waiting := unsettled(*told):
        sentence = f"Dsync reports success; {waiting:,} of its deliveries are still on their way."
        return tag(sentence, "orange edge-sentence")
    return ""


def shown(event: Event, found: dict[int, Standing]) -> dict[str, Any]:
    told = {"source": event.source, "at": moment(event.at), "client": client_name(event.row)}
    match event.row:
        case Notification() as notification:
            return {**told, **shown_report(notification, found.get(notification.client_id, Standing()))}
        case Job() as job:
            url = reverse("admin:sync_job_change", args=[job.pk])
            return {**told, "what": link(url, f"Job {job.job_id}"), "text": f"Linked with {job.entity}."}
    delivery = event.row
    record = format_html("{} {}", delivery.entity, columns.record(delivery))
    return {**told, **entry(delivery, []), "what": record, "text": delivery.reason}


def shown_report(notification: Notification, standing: Standing) -> dict[str, Any]:
    url = reverse("admin:notifications_notification_change", args=[notification.pk])
    node = f"node {notification.node_id}" if notification.node_id else "the whole process"
    return {
        "what": link(url, f"Dsync on {node}"),
        "state": status(notification),
        "text": payload(notification.message[:LONGEST_MESSAGE]),
        "mark": mark(notification, standing),
    }
