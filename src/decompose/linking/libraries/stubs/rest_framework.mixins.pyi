from typing import Generic, TypeVar

from decompose.effects import cascades, deletes, inserts, reads, updates

M = TypeVar("M")


class ListModelMixin(Generic[M]):
    __hooks__ = "*"
    @reads("M")
    def list(self, request, *args, **kwargs): ...


class RetrieveModelMixin(Generic[M]):
    __hooks__ = "*"
    @reads("M")
    def retrieve(self, request, *args, **kwargs): ...


class CreateModelMixin(Generic[M]):
    __hooks__ = "*"
    @inserts("M")
    def create(self, request, *args, **kwargs): ...
    @inserts("M")
    def perform_create(self, serializer): ...
    def get_success_headers(self, data): ...


class UpdateModelMixin(Generic[M]):
    __hooks__ = "*"
    @reads("M")
    @updates("M")
    def update(self, request, *args, **kwargs): ...
    @reads("M")
    @updates("M")
    def partial_update(self, request, *args, **kwargs): ...
    @updates("M")
    def perform_update(self, serializer): ...


class DestroyModelMixin(Generic[M]):
    __hooks__ = "*"
    @reads("M")
    @deletes("M")
    @cascades("M")
    def destroy(self, request, *args, **kwargs): ...
    @deletes("M")
    @cascades("M")
    def perform_destroy(self, instance): ...
