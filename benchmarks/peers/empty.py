"""A Django view that does nothing: what the server and Django can do at most."""

from django.http import HttpResponse
from django.urls import path


def create(request):
    return HttpResponse(status=201, headers={"Content-Length": "0"})


urlpatterns = [path("products/", create)]
