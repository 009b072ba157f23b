from typing import Generic, TypeVar

from decompose.effects import calls_on, gives_own, reads, runs_query_of
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework.mixins import (
    CreateModelMixin,
    DestroyModelMixin,
    ListModelMixin,
    RetrieveModelMixin,
    UpdateModelMixin,
)
from rest_framework.request import Request
from rest_framework.views import APIView

M = TypeVar("M")
F = TypeVar("F")  # the serializer
J = TypeVar("J")
S = TypeVar("S")
A = TypeVar("A")


class GenericAPIView(APIView, Generic[M, F]):
    """Works on the rows of the model that the class names, itself or by its serializer."""

    __hooks__ = "* get_serializer_context"
    __model_named_in__ = "queryset get_queryset model serializer_class get_serializer_class"
    __form_named_in__ = "serializer_class get_serializer_class"
    serializer_class: type[F]
    queryset: QuerySet[M]

    @reads("M")
    @runs_query_of("get_queryset")
    @runs_query_of("filter_queryset", "filter_queryset")
    def get_object(self) -> M: ...
    @gives_own("queryset")
    def get_queryset(self) -> QuerySet[M]: ...
    def filter_queryset(self, queryset: QuerySet[M, J, S, A]) -> QuerySet[M, J, S, A]: ...
    @reads("M", "J", "A")
    def paginate_queryset(self, queryset: QuerySet[M, J, S, A]) -> list[M]: ...
    def get_paginated_response(self, data): ...
    @calls_on("Self", "get_serializer_class", "get_serializer_context")
    def get_serializer(self, *args, **kwargs) -> F: ...
    def get_serializer_class(self) -> type[F]: ...


class CreateAPIView(CreateModelMixin[M, F], GenericAPIView[M, F]):
    @calls_on("Self", "create")
    def post(self, request: Request, *args, **kwargs): ...


class ListAPIView(ListModelMixin[M, F], GenericAPIView[M, F]):
    @calls_on("Self", "list")
    def get(self, request: Request, *args, **kwargs): ...


class RetrieveAPIView(RetrieveModelMixin[M, F], GenericAPIView[M, F]):
    @calls_on("Self", "retrieve")
    def get(self, request: Request, *args, **kwargs): ...


class DestroyAPIView(DestroyModelMixin[M], GenericAPIView[M, F]):
    @calls_on("Self", "destroy")
    def delete(self, request: Request, *args, **kwargs): ...


class UpdateAPIView(UpdateModelMixin[M, F], GenericAPIView[M, F]):
    @calls_on("Self", "update")
    def put(self, request: Request, *args, **kwargs): ...
    @calls_on("Self", "partial_update")
    def patch(self, request: Request, *args, **kwargs): ...


class ListCreateAPIView(ListModelMixin[M, F], CreateModelMixin[M, F], GenericAPIView[M, F]):
    @calls_on("Self", "list")
    def get(self, request: Request, *args, **kwargs): ...
    @calls_on("Self", "create")
    def post(self, request: Request, *args, **kwargs): ...


class RetrieveUpdateAPIView(RetrieveModelMixin[M, F], UpdateModelMixin[M, F], GenericAPIView[M, F]):
    @calls_on("Self", "retrieve")
    def get(self, request: Request, *args, **kwargs): ...
    @calls_on("Self", "update")
    def put(self, request: Request, *args, **kwargs): ...
    @calls_on("Self", "partial_update")
    def patch(self, request: Request, *args, **kwargs): ...


class RetrieveDestroyAPIView(RetrieveModelMixin[M, F], DestroyModelMixin[M], GenericAPIView[M, F]):
    @calls_on("Self", "retrieve")
    def get(self, request: Request, *args, **kwargs): ...
    @calls_on("Self", "destroy")
    def delete(self, request: Request, *args, **kwargs): ...


class RetrieveUpdateDestroyAPIView(
    RetrieveModelMixin[M, F], UpdateModelMixin[M, F], DestroyModelMixin[M], GenericAPIView[M, F]
):
    @calls_on("Self", "retrieve")
    def get(self, request: Request, *args, **kwargs): ...
    @calls_on("Self", "update")
    def put(self, request: Request, *args, **kwargs): ...
    @calls_on("Self", "partial_update")
    def patch(self, request: Request, *args, **kwargs): ...
    @calls_on("Self", "destroy")
    def delete(self, request: Request, *args, **kwargs): ...
