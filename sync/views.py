from __future__ import annotations

import msgspec
from django.http import HttpRequest, HttpResponse

from connector.edge.envelope import answer
from connector.edge.errors import BadRequest, Fault, NotFound, shown
from connector.edge.headers import ENTITY_ID, ENTITY_TOKEN, IDEMPOTENCY_KEY, PROCESS_ID
from connector.edge.strict_json import printable
from connector.edge.trace import note
from connector.edge.tracing import spans
from connector.edge.views import ContractView
from entities import reading
from entities.schema import EntitySchema, schemas
from entities.tokens import entity_tokens
from sync.accepting import intake, jobs
from sync.delivery.write import Write
from sync.models.delivery import Method
from sync.serving import pages, progress
from sync.serving.asked import asked
from sync.serving.cursors import Reader
from sync.serving.paging import PER_PAGE, whole


class EntityView(ContractView):
    """POST, PUT and DELETE /entity/{entity_name}: every one of them is a delivery."""

    def post(self, request: HttpRequest, entity_name: str) -> HttpResponse:
        return self.deliver(request, entity_name, Method.POST)

    def put(self, request: HttpRequest, entity_name: str) -> HttpResponse:
        return self.deliver(request, entity_name, Method.PUT)

    def delete(self, request: HttpRequest, entity_name: str) -> HttpResponse:
        return self.deliver(request, entity_name, Method.DELETE)

    def deliver(self, request: HttpRequest, entity_name: str, method: Method) -> HttpResponse:
        faults: list[Fault] = []
        schema = self.named_schema(request, entity_name, faults)
        write = Write(
            client_id=self.caller.client_id,
            entity=printable(entity_name)[:63],
            method=method,
            body=self.body_or_fault(faults),
            process_id=PROCESS_ID.read(request, faults) or "",
            idempotency_key=IDEMPOTENCY_KEY.read(request, faults) or "",
            wants_async=wants_async(request),
        )
        entity_id = None if method == Method.POST else ENTITY_ID.read(request, faults)
        if write.process_id:
            note(process_id=write.process_id)
        with spans.span("store the delivery"):
            told = intake.take(write, schema, entity_id, faults)
        return answer(told.status, data=told.data, detail=told.detail, headers=told.headers)

    def named_schema(self, request: HttpRequest, entity_name: str, faults: list[Fault]) -> EntitySchema | None:
        """Return the entity that the path names, if there is one; the token must name the same."""
        schema = schemas().get(entity_name)
        if schema is None:
            faults.append(Fault("entity_name", "unknown_entity", "There is no such entity.", shown(entity_name)))
        named = entity_of_token(request, faults)
        if schema and named and named != schema.name:
            message = f"Entity-Token is the token of {named}, not of {schema.name}."
            faults.append(Fault("Entity-Token", "wrong_entity_token", message))
        return schema

    def body_or_fault(self, faults: list[Fault]) -> bytes:
        try:
            return self.body
        except BadRequest as exc:
            faults.extend(exc.faults)
            return b""


def wants_async(request: HttpRequest) -> bool:
    """Tell whether `Prefer` names respond-async among its preferences (RFC 7240)."""
    preferences = request.META.get("HTTP_PREFER", "").split(",")
    return any(preference.partition(";")[0].strip().lower() == "respond-async" for preference in preferences)


def entity_of_token(request: HttpRequest, faults: list[Fault]) -> str | None:
    """Return the entity whose token the request carries; a fault is added when it carries none."""
    before = len(faults)
    token = ENTITY_TOKEN.read(request, faults)
    if token is None and len(faults) == before:
        faults.append(Fault("Entity-Token", "required", "Entity-Token is required; /datalayout tells it."))
    if token is None:
        return None
    names = [name for name, known in entity_tokens().items() if known == token]
    if not names:
        faults.append(Fault("Entity-Token", "unknown_entity_token", "Entity-Token is not one of /datalayout."))
    return names[0] if names else None


class SetJobView(ContractView):
    """POST /entity/{entity_name}/set_job: link a job with an entity."""

    def post(self, _request: HttpRequest, entity_name: str) -> HttpResponse:
        jobs.link(client_id=self.caller.client_id, entity=entity_name, body=self.body)
        return answer(200)


class SyncView(ContractView):
    """What the two routes of mass synchronisation share: Entity-Token names the entity."""

    def reader(self, request: HttpRequest) -> Reader:
        faults: list[Fault] = []
        name = entity_of_token(request, faults)
        if name is None:
            raise BadRequest(faults=faults)
        return Reader(self.caller.client_id, schemas()[name])


class TotalView(SyncView):
    """GET /api/sync/total: how many records live."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return answer(200, data={"total": reading.count(self.reader(request).schema), "per_page": PER_PAGE})


class ItemsView(SyncView):
    """GET /api/sync/items: a page of the records that live, or of what was changed."""

    def get(self, request: HttpRequest) -> HttpResponse:
        reader = self.reader(request)
        served = pages.serve(reader, asked(request.GET, reader))
        items = msgspec.Raw(b"[%b]" % served.items)
        return answer(200, data={"items": items}, detail=served.detail, headers=served.headers)


class DeliveryView(ContractView):
    """GET /delivery/{id}: what became of one delivery."""

    def get(self, _request: HttpRequest, number: str) -> HttpResponse:
        if len(number) > 18:
            raise NotFound
        note(delivery=int(number))
        return answer(200, data=progress.delivery_progress(client_id=self.caller.client_id, number=int(number)))


class ProcessView(ContractView):
    """GET /process/{process_id}: what became of everything that was sent under one Process-Id."""

    def get(self, request: HttpRequest, process_id: str) -> HttpResponse:
        faults: list[Fault] = []
        page = whole(request.GET, "page", 1, (1, 10**9), faults)
        if faults:
            raise BadRequest(faults=faults)
        note(process_id=printable(process_id))
        data = progress.process_progress(client_id=self.caller.client_id, process_id=printable(process_id), page=page)
        return answer(200, data=data)
