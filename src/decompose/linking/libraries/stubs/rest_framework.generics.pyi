from typing import Generic, TypeVar

from decompose.effects import reads
from django.db.models import QuerySet
from rest_framework.mixins import (
    CreateModelMixin,
    DestroyModelMixin,
    ListModelMixin,
    RetrieveModelMixin,
    UpdateModelMixin,
)
from rest_framework.views import APIView

M = TypeVar("M")


class GenericAPIView(APIView, Generic[M]):
    """Works on the rows of the model that the class names, itself or by its serializer."""

    __hooks__ = "* get_serializer_context"
    __model_named_in__ = "queryset get_queryset model serializer_class"

    @reads("M")
    def get_object(self) -> M: ...
    def get_queryset(self) -> QuerySet[M]: ...
    def filter_queryset(self, queryset): ...
    @reads("M")
    def paginate_queryset(self, queryset): ...
    def get_paginated_response(self, data): ...
    def get_serializer(self, *args, **kwargs): ...
    def get_serializer_class(self): ...


class CreateAPIView(CreateModelMixin[M], GenericAPIView[M]): ...


class ListAPIView(ListModelMixin[M], GenericAPIView[M]): ...


class RetrieveAPIView(RetrieveModelMixin[M], GenericAPIView[M]): ...


class DestroyAPIView(DestroyModelMixin[M], GenericAPIView[M]): ...


class UpdateAPIView(UpdateModelMixin[M], GenericAPIView[M]): ...


class ListCreateAPIView(ListModelMixin[M], CreateModelMixin[M], GenericAPIView[M]): ...


class RetrieveUpdateAPIView(RetrieveModelMixin[M], UpdateModelMixin[M], GenericAPIView[M]): ...


class RetrieveDestroyAPIView(RetrieveModelMixin[M], DestroyModelMixin[M], GenericAPIView[M]): ...


class RetrieveUpdateDestroyAPIView(
    RetrieveModelMixin[M], UpdateModelMixin[M], DestroyModelMixin[M], GenericAPIView[M]
): ...
