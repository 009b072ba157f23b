from typing import TypeVar

from django.db.models import QuerySet
from rest_framework.request import Request

M = TypeVar("M")
J = TypeVar("J")
S = TypeVar("S")
A = TypeVar("A")


class BaseFilterBackend:
    """Is given the rows of a view, and gives those that pass."""

    __hooks__ = "filter_queryset get_search_* get_ordering get_default_ordering get_valid_fields to_html get_schema_*"
    __has_more__ = True
    def filter_queryset(self, request: Request, queryset: QuerySet[M, J, S, A], view) -> QuerySet[M, J, S, A]: ...


class SearchFilter(BaseFilterBackend):
    search_param: str
    def get_search_fields(self, view, request: Request) -> list: ...
    def get_search_terms(self, request: Request) -> list: ...


class OrderingFilter(BaseFilterBackend):
    ordering_param: str
    def get_ordering(self, request: Request, queryset: QuerySet[M, J, S, A], view) -> list: ...
    def get_default_ordering(self, view) -> list: ...
