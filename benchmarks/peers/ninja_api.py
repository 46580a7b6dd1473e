"""django-ninja as its example of CRUD has it, with a ModelSchema; the token is looked up as DRF does."""

from django.urls import path
from ninja import ModelSchema, NinjaAPI
from ninja.security import APIKeyHeader
from rest_framework.authtoken.models import Token

from catalogue.models import Product


class TokenAuth(APIKeyHeader):
    param_name = "X-API-Key"

    def authenticate(self, request, key):
        return Token.objects.select_related("user").filter(key=key).first()


class ProductIn(ModelSchema):
    class Meta:
        model = Product
        exclude = ["id", "created_at", "updated_at"]


class ProductOut(ModelSchema):
    class Meta:
        model = Product
        fields = ["id"]


api = NinjaAPI(auth=TokenAuth())


@api.post("/products/", response={201: ProductOut})
def create(request, payload: ProductIn):
    return 201, Product.objects.create(**payload.dict())


urlpatterns = [path("", api.urls)]
