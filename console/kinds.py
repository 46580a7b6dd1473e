"""What the search box looks for: of each kind the rows that a term names, found by an index, and their page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Exists, F, Model, Q, QuerySet, Value
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.http import HttpRequest
from django.urls import reverse

from connector.edge.admin.pages import by_number
from connector.edge.payloads import are_seen_by
from datasources.models import Recipient
from entities import store
from entities.schema import EntitySchema, schemas
from notifications.models import Notification
from partners.models import Contact, Login, Member
from sync.admin.columns import deliveries_url, process_url
from sync.admin.deliveries import of_records
from sync.models import Delivery, Job

UrlOf = Callable[[str, str], str]
MOST = 10  # Of one kind.


@dataclass(frozen=True)
class Kind:
    """Rows of one model that a term names, and the address of the page of one, by its number and its label."""

    title: str
    rows: QuerySet[Any]
    label: str
    url: UrlOf
    most: int = MOST  # One, where the page is of all of them.


def kinds(request: HttpRequest, term: str) -> Iterator[Kind]:
    """Yield all kinds that the user may see, with what the term names of each."""
    for schema in schemas().values():
        yield from of_entity(request, schema, term)
    if may_see(request, Delivery):
        yield Kind("Delivery", Delivery.objects.filter(by_number(term.removeprefix("#"))), "id", page_of(Delivery))
        under = Delivery.objects.filter(process_id=term).exclude(process_id="")
        yield Kind("Process", under, "process_id", process_page, most=1)
        if may_see(request, Notification):
            told = Notification.objects.filter(process_id=term)
            yield Kind("Process", told, "process_id", process_page, most=1)
    if may_see(request, Job):
        # Named by entity too, because the index begins with it.
        yield Kind("Job", Job.objects.filter(entity__in=list(schemas()), job_id=term), "entity", page_of(Job))
    yield from of_people(request, term)


def of_entity(request: HttpRequest, schema: EntitySchema, term: str) -> Iterator[Kind]:
    """Yield a record by its key or its e-mail address, and the deliveries of a key that has no record."""
    name, key = str(schema.model._meta.verbose_name).capitalize(), schema.declaration.key
    value = store.readable(schema, term)
    record = schema.model.objects.filter(**{key: value}) if value is not None else schema.model.objects.none()
    may_see_it = may_see(request, schema.model)
    if may_see_it:
        yield Kind(name, record, key, page_of(schema.model))
        for field in indexed_emails(schema.model) if are_seen_by(request) else ():
            yield Kind(name, mailed(schema.model, field, term), key, page_of(schema.model))
    if value is not None and may_see(request, Delivery):
        sent = Delivery.objects.filter(of_records({schema.name: schema.key.text(value)}))
        without = sent.filter(~Exists(record)) if may_see_it else sent
        yield Kind(f"Deliveries of {name.lower()}", without, "record_key", deliveries_of_key, most=1)


def of_people(request: HttpRequest, term: str) -> Iterator[Kind]:
    """Yield those who sign in, by name, and whoever has an e-mail address."""
    if may_see(request, Login):
        yield Kind("Login", Login.objects.filter(principal=term), "principal", page_of(Login))
    if may_see(request, User):
        # Django keeps no index of addresses; users of the admin are few.
        named = User.objects.filter(Q(username=term) | Q(email__iexact=term, email__contains="@"))
        yield Kind("User", named, "username", page_of(User))
    for title, model, field in (("Recipient", Recipient, "email"), ("Member", Member, "email")):
        if may_see(request, model) and are_seen_by(request):
            yield Kind(title, mailed(model, field, term), field, page_of(model))
    may_see_contacts = request.user.has_perm("partners.view_contact") and are_seen_by(request)
    if may_see_contacts and may_see(request, Contact.partner.field.related_model):
        contacts = mailed(Contact, "value", term).filter(type="email").annotate(owner=F("partner_id"))
        yield Kind("Contact of partner", contacts, "owner", partner_page)


def may_see(request: HttpRequest, model: type[Model]) -> bool:
    """Tell whether the model has pages that the user may open."""
    return admin.site.is_registered(model) and admin.site.get_model_admin(model).has_view_permission(request)


def indexed_emails(model: type[Model]) -> Iterator[str]:
    """Yield the fields that the model has an index of by address, which is how it says that they are searched."""
    for index in model._meta.indexes:
        for expression in index.expressions:
            if isinstance(expression, Lower):
                yield expression.get_source_expressions()[0].name


def mailed(model: type[Model], field: str, address: str) -> QuerySet[Any]:
    """Return the rows of an address in any case; none where the term is no address."""
    rows: QuerySet[Any] = QuerySet(model)
    return rows.filter(Exact(Lower(field), Value(address.lower()))) if "@" in address else rows.none()


def page_of(model: type[Model]) -> UrlOf:
    route = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
    return lambda number, _label: reverse(route, args=[number])


def partner_page(_number: str, label: str) -> str:
    return reverse("admin:partners_partner_change", args=[label])


def process_page(_number: str, label: str) -> str:
    return process_url(label)


def deliveries_of_key(_number: str, label: str) -> str:
    return deliveries_url(label)


def lists(request: HttpRequest, term: str) -> Iterator[tuple[str, str]]:
    """Yield the lists of records by which the start of a key is found: their names and addresses."""
    for schema in schemas().values():
        opts = schema.model._meta
        if may_see(request, schema.model):
            url = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
            yield str(opts.verbose_name_plural), f"{url}?{urlencode({'q': term})}"
