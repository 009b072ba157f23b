from typing import Generic, TypeVar

from decompose.effects import calls_on
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
F = TypeVar("F")


class ViewSetMixin:
    __hooks__ = "list create retrieve update partial_update destroy initialize_request"
    __hooks_of_each_request__ = "dispatch initialize_request"
    action: str
    @calls_on("Self", "initial", "list", "create", "retrieve", "update", "partial_update", "destroy")
    def dispatch(self, request, *args, **kwargs): ...
    def initialize_request(self, request, *args, **kwargs): ...


class ViewSet(ViewSetMixin, APIView): ...


class GenericViewSet(ViewSetMixin, GenericAPIView[M, F]): ...


class ReadOnlyModelViewSet(RetrieveModelMixin[M, F], ListModelMixin[M, F], GenericViewSet[M, F]): ...


class ModelViewSet(
    CreateModelMixin[M, F],
    RetrieveModelMixin[M, F],
    UpdateModelMixin[M, F],
    DestroyModelMixin[M],
    ListModelMixin[M, F],
    GenericViewSet[M, F],
): ...
