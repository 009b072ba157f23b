from typing import Generic, TypeVar

from decompose.effects import calls_on, cascades, deletes, hands_made_with, hands_made_without, leaves_to, reads, represents, runs_query_of, validates
from rest_framework.request import Request

M = TypeVar("M")
F = TypeVar("F")  # the serializer


class ListModelMixin(Generic[M, F]):
    __named_by_others__ = True
    __hooks__ = "*"
    __hooks_answering__ = "list get"
    @runs_query_of("get_queryset")
    @runs_query_of("filter_queryset", "filter_queryset")
    @calls_on("Self", "get_serializer")
    @represents("F")
    def list(self, request: Request, *args, **kwargs): ...


class RetrieveModelMixin(Generic[M, F]):
    __named_by_others__ = True
    __hooks__ = "*"
    __hooks_answering__ = "retrieve get"
    @calls_on("Self", "get_object", "get_serializer")
    @represents("F")
    def retrieve(self, request: Request, *args, **kwargs): ...


class CreateModelMixin(Generic[M, F]):
    __named_by_others__ = True
    __hooks__ = "*"
    __hooks_answering__ = "create post"
    @validates("F")
    @represents("F")
    @calls_on("Self", "get_serializer", "perform_create")
    def create(self, request: Request, *args, **kwargs): ...
    @leaves_to("F", "save")
    @hands_made_without("serializer", "instance")
    @calls_on("F", "create")
    def perform_create(self, serializer: F): ...
    def get_success_headers(self, data): ...


class UpdateModelMixin(Generic[M, F]):
    __named_by_others__ = True
    __hooks__ = "*"
    __hooks_answering__ = "update partial_update put patch"
    @validates("F")
    @represents("F")
    @calls_on("Self", "get_object", "get_serializer", "perform_update")
    def update(self, request: Request, *args, **kwargs): ...
    @calls_on("Self", "update")
    def partial_update(self, request: Request, *args, **kwargs): ...
    @leaves_to("F", "save")
    @hands_made_with("serializer", "instance")
    @calls_on("F", "update")
    def perform_update(self, serializer: F): ...


class DestroyModelMixin(Generic[M]):
    __named_by_others__ = True
    __hooks__ = "*"
    __hooks_answering__ = "destroy delete"
    @calls_on("Self", "get_object", "perform_destroy")
    def destroy(self, request: Request, *args, **kwargs): ...
    @leaves_to("M", "delete")
    @deletes("M")
    @cascades("M")
    def perform_destroy(self, instance: M): ...
