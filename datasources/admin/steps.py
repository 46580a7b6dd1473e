"""What a person does with a data source: by POST alone, with permission, and logged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404

from datasources import health, runs, trail
from datasources.admin import columns
from datasources.errors import AlreadyRunning, SourceFailed
from datasources.models import DataSource
from datasources.remote import testing
from partners.admin.actor import actor_of
from sync.admin.operations import Operated
from sync.work import wake

Step = Callable[[HttpRequest, Operated, DataSource], HttpResponse | None]


@transaction.atomic
def run(request: HttpRequest, model_admin: Operated, source: DataSource) -> None:
    try:
        begun = runs.ask_run(source)
    except AlreadyRunning:
        model_admin.message_user(request, f"{source} is being looked at already.", messages.WARNING)
        return
    transaction.on_commit(wake.workers)
    model_admin.log_change(request, source, "Run asked for.")
    model_admin.message_user(request, f"Run {begun.pk} of {source} begins.", messages.SUCCESS)


def test(request: HttpRequest, model_admin: Operated, source: DataSource) -> HttpResponse | None:
    """Show what a run would import; the server is asked while the person waits."""
    model_admin.log_change(request, source, "Tested.")
    try:
        found = testing.test(source)
    except SourceFailed as exc:
        sentence = exc.faults[0].message
        model_admin.message_user(request, f"{source} cannot be used: {sentence}", messages.ERROR)
        return None
    return model_admin.page(request, "datasources/tested.html", f"Files of {source}", source=source, found=found)


def pause(request: HttpRequest, model_admin: Operated, source: DataSource) -> None:
    with trail.changing(source.pk, actor_of(request)):
        is_new = health.pause(source.pk, f"By {request.user.get_username()}.")
    if is_new:
        model_admin.log_change(request, source, "Paused.")
        model_admin.message_user(request, f"{source} is paused.", messages.SUCCESS)


def resume(request: HttpRequest, model_admin: Operated, source: DataSource) -> None:
    with trail.changing(source.pk, actor_of(request)):
        was_paused = health.resume(source)
    if was_paused:
        model_admin.log_change(request, source, "Resumed.")
        model_admin.message_user(request, f"{source} runs again at its hour.", messages.SUCCESS)


def forget(request: HttpRequest, model_admin: Operated, source: DataSource) -> None:
    with trail.changing(source.pk, actor_of(request)):
        health.forget_identity(source)
    model_admin.log_change(request, source, "Its server's key forgotten.")
    model_admin.message_user(request, "The key of the next connection is taken for the server's.", messages.SUCCESS)


def stepped(step: Step) -> Callable[..., HttpResponse]:
    """Return the view of a step, which leads back to the source unless the step shows something itself."""

    def view(request: HttpRequest, model_admin: Any, pk: int) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        source = get_object_or_404(DataSource, pk=pk)
        return step(request, model_admin, source) or HttpResponseRedirect(columns.page(source))

    return view


STEPS = {
    "run": stepped(run),
    "test": stepped(test),
    "pause": stepped(pause),
    "resume": stepped(resume),
}
forget_key = stepped(forget)
