from typing import TypeVar

from drf_writable_nested.mixins import NestedCreateMixin, NestedUpdateMixin
from rest_framework.serializers import ModelSerializer

M = TypeVar("M")


class WritableNestedModelSerializer(NestedCreateMixin[M], NestedUpdateMixin[M], ModelSerializer[M]): ...
