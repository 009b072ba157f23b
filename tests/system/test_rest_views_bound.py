"""Views for a REST API that say by a method, or by their serializer only, which model they work on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Draw


def test_views_write_the_model_of_their_own_query_or_their_serializer(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": """
            from django.db import models
            class Order(models.Model):
                total = models.IntegerField()
            """,
            "shop/views.py": """
            from rest_framework import generics, mixins, serializers, viewsets
            from shop.models import Order
            class Orders(serializers.ModelSerializer):
                class Meta:
                    model = Order
                    fields = ["total"]
            class Asked:
                def get_queryset(self): return Order.objects.filter(total=self.request.user.pk)
            class Whole(Asked, viewsets.ModelViewSet):
                serializer_class = Orders
            class Parts(Asked, mixins.CreateModelMixin, mixins.DestroyModelMixin, viewsets.GenericViewSet):
                serializer_class = Orders
            class Posted(generics.CreateAPIView):
                serializer_class = Orders
            class Shown(generics.ListAPIView):
                serializer_class = Orders
            class Own(mixins.CreateModelMixin, mixins.UpdateModelMixin, mixins.DestroyModelMixin, viewsets.GenericViewSet):
                serializer_class = Orders
                def get_queryset(self): return Order.objects.filter(total=self.request.user.pk)
                def create(self, request, *args, **kwargs): return super().create(request, *args, **kwargs)
                def update(self, request, *args, **kwargs): return super().update(request, *args, **kwargs)
                def destroy(self, request, *args, **kwargs): return super().destroy(request, *args, **kwargs)
            """,
        }
    )
    written = {
        (a.definition.removeprefix("shop.views:"), a.operation)
        for a in app.system.accesses
        if a.table == "shop_order" and a.operation != "read"
    }
    assert written == {
        ("Whole", "insert"),
        ("Whole", "update"),
        ("Whole", "delete"),
        ("Parts", "insert"),
        ("Parts", "delete"),
        ("Posted", "insert"),
        ("Own.create", "insert"),
        ("Own.update", "update"),
        ("Own.destroy", "delete"),
    }
