"""Django REST framework: what settings name for all views, and lists of rows that one serializer validates and shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

FILES = {
    "shop/__init__.py": "",
    "shop/models.py": """
        from django.db import models
        class Order(models.Model):
            number = models.CharField(max_length=9)
        class Customer(models.Model):
            name = models.CharField(max_length=9)
        """,
    "shop/rest.py": """
        from rest_framework import filters, pagination
        class Pages(pagination.LimitOffsetPagination):
            def paginate_queryset(self, queryset, request, view=None):
                return list(queryset[:10])
        class Open(filters.SearchFilter):
            def filter_queryset(self, request, queryset, view):
                return sorted(super().filter_queryset(request, queryset, view), key=str)
        """,
    "shop/views.py": """
        from rest_framework import generics, viewsets
        from rest_framework.pagination import PageNumberPagination
        from shop.models import Customer, Order
        class Orders(generics.ListAPIView):
            queryset = Order.objects.all()
        class Made(generics.CreateAPIView):
            queryset = Customer.objects.all()
        class Own(generics.ListAPIView):
            queryset = Customer.objects.all()
            pagination_class = PageNumberPagination
            filter_backends = []
        """,
}
ASKED_BY_CODE = """
        class Asking(generics.GenericAPIView):
            queryset = Customer.objects.all()
            def get(self, request):
                return self.paginate_queryset(self.get_queryset())
        """
SETTINGS = """
    REST_FRAMEWORK = {{
        "DEFAULT_PAGINATION_CLASS": "{module}.Pages",
        "DEFAULT_FILTER_BACKENDS": ("{module}.Open",),
    }}
    """
METHODS = {"shop.rest:Pages.paginate_queryset", "shop.rest:Open.filter_queryset"}


def test_classes_that_settings_name_are_given_the_rows_of_views_that_name_none(draw: Draw) -> None:
    system = draw({**FILES, "project/settings.py": SETTINGS.format(module="shop.rest")}).system
    assert {(a.definition, a.table, a.operation) for a in system.accesses if a.definition in METHODS} == {
        ("shop.rest:Pages.paginate_queryset", "shop_order", "read"),
        ("shop.rest:Open.filter_queryset", "shop_order", "read"),
    }
    assert {(d.source, d.target) for d in system.dependencies if d.target in METHODS and "settings" in d.rule} == {
        ("shop.views:Orders", "shop.rest:Pages.paginate_queryset"),
        ("shop.views:Orders", "shop.rest:Open.filter_queryset"),
    }


def test_a_view_whose_own_code_has_rows_paged_asks_for_them_too(draw: Draw) -> None:
    views = FILES["shop/views.py"] + ASKED_BY_CODE
    settings = SETTINGS.format(module="shop.rest")
    system = draw({**FILES, "shop/views.py": views, "project/settings.py": settings}).system
    assert {(a.definition, a.table) for a in system.accesses if a.definition in METHODS} == {
        ("shop.rest:Pages.paginate_queryset", "shop_order"),
        ("shop.rest:Pages.paginate_queryset", "shop_customer"),
        ("shop.rest:Open.filter_queryset", "shop_order"),
    }


@pytest.mark.parametrize("settings", ["", SETTINGS.format(module="elsewhere")])
def test_classes_that_no_settings_name_are_given_nothing(draw: Draw, settings: str) -> None:
    system = draw({**FILES, "project/settings.py": settings}).system
    assert not [a for a in system.accesses if a.definition in METHODS]
    assert not [d for d in system.dependencies if d.target in METHODS and d.source.startswith("shop.views")]


LISTS = {
    "shop/__init__.py": "",
    "shop/models.py": """
        from django.db import models
        class Owner(models.Model):
            name = models.CharField(max_length=9)
        class Key(models.Model):
            owner = models.ForeignKey(Owner, on_delete=models.CASCADE)
            text = models.CharField(max_length=9, unique=True)
        """,
    "shop/views.py": """
        from rest_framework import serializers
        from shop.models import Key
        class KeySerializer(serializers.ModelSerializer):
            class Meta:
                model = Key
                fields = ["owner", "text"]
        class Keys(serializers.ListSerializer):
            child = KeySerializer()
            def create(self, validated):
                return Key.objects.bulk_create([Key(**each) for each in validated])
        def check(data): return Keys(data=data).is_valid()
        def save(data): Keys(data=data).save()
        """,
}


def test_a_list_is_validated_by_the_serializer_that_it_has_and_saved_by_itself(draw: Draw) -> None:
    system = draw(LISTS).system
    assert {(a.definition, a.table, a.operation) for a in system.accesses} == {
        ("shop.views:check", "shop_owner", "read"),
        ("shop.views:check", "shop_key", "read"),
        ("shop.views:Keys.create", "shop_key", "insert"),
    }
    assert ("shop.views:save", "shop.views:Keys.create") in {(d.source, d.target) for d in system.dependencies}


BACKEND = """
        from django_filters.rest_framework import DjangoFilterBackend
        from rest_framework import pagination
        class Pages(pagination.PageNumberPagination): pass
        class Open(DjangoFilterBackend):
            def filter_queryset(self, request, queryset, view):
                found = super().filter_queryset(request, queryset, view)
                return found if found.exists() else queryset
        """


def test_what_a_backend_of_django_filter_hands_on_is_the_query_that_it_was_given(draw: Draw) -> None:
    settings = SETTINGS.format(module="shop.rest")
    system = draw({**FILES, "shop/rest.py": BACKEND, "project/settings.py": settings}).system
    assert {(a.definition, a.table, a.operation) for a in system.accesses if a.definition in METHODS} == {
        ("shop.rest:Open.filter_queryset", "shop_order", "read"),
    }
