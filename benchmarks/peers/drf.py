"""Django REST framework as its tutorial has it: a ModelSerializer, a ModelViewSet, a router, TokenAuthentication."""

from django.urls import include, path
from rest_framework import permissions, routers, serializers, viewsets
from rest_framework.authentication import TokenAuthentication

from catalogue.models import Product


class ProductSerializer(serializers.ModelSerializer):
    class Meta:
        model = Product
        fields = "__all__"


class ProductViewSet(viewsets.ModelViewSet):
    queryset = Product.objects.all()
    serializer_class = ProductSerializer
    authentication_classes = [TokenAuthentication]
    permission_classes = [permissions.IsAuthenticated]


router = routers.DefaultRouter()
router.register("products", ProductViewSet)

urlpatterns = [path("", include(router.urls))]
