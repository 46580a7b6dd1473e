"""The products of `drf.py` in pages, by DRF's PageNumberPagination and by its CursorPagination."""

from django.urls import include, path
from rest_framework import routers
from rest_framework.pagination import CursorPagination, PageNumberPagination

from drf import ProductViewSet

SIZE = 100


class Pages(PageNumberPagination):
    page_size = SIZE


class Cursors(CursorPagination):
    page_size = SIZE
    ordering = "id"


class PagedViewSet(ProductViewSet):
    queryset = ProductViewSet.queryset.order_by("id")
    pagination_class = Pages


class CursorViewSet(ProductViewSet):
    pagination_class = Cursors


router = routers.DefaultRouter()
router.register("products", PagedViewSet)
router.register("cursors", CursorViewSet, basename="cursor")

urlpatterns = [path("", include(router.urls))]
