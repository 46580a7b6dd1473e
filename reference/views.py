from __future__ import annotations

from functools import cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from connector.edge.envelope import encode
from connector.edge.errors import NotFound
from connector.edge.shapes import error_answer
from entities.schema import schemas
from entities.schema.json_schema import entity_schema
from reference.access import reference
from reference.addresses import DOCUMENT, schema_address
from reference.document import document

SCHEMA = "application/schema+json"


@cache
def written() -> bytes:
    return encode(document())


@reference
def openapi(_request: HttpRequest) -> HttpResponse:
    """Answer the OpenAPI document."""
    return HttpResponse(written(), content_type="application/json")


@reference
def of_entity(request: HttpRequest, entity: str) -> HttpResponse:
    """Answer the JSON Schema of one entity."""
    schema = schemas().get(entity)
    if schema is None:
        return error_answer(request, NotFound())
    return HttpResponse(encode(entity_schema(schema, schema_address(entity))), content_type=SCHEMA)


@reference
def page(request: HttpRequest) -> HttpResponse:
    """Show the document for a person, who may try it out with tokens of their own."""
    return render(request, "reference/page.html", {"document": DOCUMENT})
