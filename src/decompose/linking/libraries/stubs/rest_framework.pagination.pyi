from typing import TypeVar

from decompose.effects import reads, scans
from django.core.paginator import Page
from django.db.models import QuerySet
from rest_framework.request import Request

M = TypeVar("M")
J = TypeVar("J")
S = TypeVar("S")
A = TypeVar("A")


class BasePagination:
    __hooks__ = "paginate_queryset get_* encode_cursor decode_cursor to_html"

    __has_more__ = True
    request: Request
    def get_paginated_response(self, data): ...


class PageNumberPagination(BasePagination):
    page: Page
    @scans("M", "J")
    @reads("M", "J", "A")
    def paginate_queryset(self, queryset: QuerySet[M, J, S, A], request, view=None) -> list[M]: ...


class LimitOffsetPagination(BasePagination):
    @scans("M", "J")
    @reads("M", "J", "A")
    def paginate_queryset(self, queryset: QuerySet[M, J, S, A], request, view=None) -> list[M]: ...
    @scans("M", "J")
    def get_count(self, queryset: QuerySet[M, J, S, A]) -> int: ...


class CursorPagination(BasePagination):
    @reads("M", "J", "A")
    def paginate_queryset(self, queryset: QuerySet[M, J, S, A], request, view=None) -> list[M]: ...
