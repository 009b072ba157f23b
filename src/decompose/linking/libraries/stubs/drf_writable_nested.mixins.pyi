from typing import TypeVar

from rest_framework.serializers import ModelSerializer

M = TypeVar("M")


class BaseNestedModelSerializer(ModelSerializer[M]):
    __saves_nested__ = True


class NestedCreateMixin(BaseNestedModelSerializer[M]): ...


class NestedUpdateMixin(BaseNestedModelSerializer[M]): ...


class UniqueFieldsMixin(ModelSerializer[M]): ...
