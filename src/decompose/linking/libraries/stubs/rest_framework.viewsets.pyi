from typing import Generic, TypeVar

from rest_framework.generics import GenericAPIView
from rest_framework.mixins import (
    CreateModelMixin,
    DestroyModelMixin,
    ListModelMixin,
    RetrieveModelMixin,
    UpdateModelMixin,
)
from rest_framework.views import APIView

M = TypeVar("M")


class ViewSetMixin:
    __hooks__ = "list create retrieve update partial_update destroy initialize_request"
    action: str
    def initialize_request(self, request, *args, **kwargs): ...


class ViewSet(ViewSetMixin, APIView): ...


class GenericViewSet(ViewSetMixin, GenericAPIView[M]): ...


class ReadOnlyModelViewSet(RetrieveModelMixin[M], ListModelMixin[M], GenericViewSet[M]): ...


class ModelViewSet(
    CreateModelMixin[M],
    RetrieveModelMixin[M],
    UpdateModelMixin[M],
    DestroyModelMixin[M],
    ListModelMixin[M],
    GenericViewSet[M],
): ...
