from typing import Generic, TypeVar

from decompose import Given
from decompose.effects import stores

N = TypeVar("N")


class _Data(Generic[N]):
    __has_more__ = True

    @stores("search index", "write", "~N")
    def insert(self, *args, **options): ...
    @stores("search index", "write", "~N")
    def insert_many(self, *args, **options): ...
    @stores("search index", "write", "~N")
    def update(self, *args, **options): ...
    @stores("search index", "write", "~N")
    def replace(self, *args, **options): ...
    @stores("search index", "delete", "~N")
    def delete_by_id(self, *args, **options): ...
    @stores("search index", "delete", "~N")
    def delete_many(self, *args, **options): ...


class _Query(Generic[N]):
    __has_more__ = True

    @stores("search index", "read", "~N")
    def near_text(self, *args, **options): ...
    @stores("search index", "read", "~N")
    def near_vector(self, *args, **options): ...
    @stores("search index", "read", "~N")
    def near_object(self, *args, **options): ...
    @stores("search index", "read", "~N")
    def bm25(self, *args, **options): ...
    @stores("search index", "read", "~N")
    def hybrid(self, *args, **options): ...
    @stores("search index", "read", "~N")
    def fetch_objects(self, *args, **options): ...
    @stores("search index", "read", "~N")
    def fetch_object_by_id(self, *args, **options): ...


class Collection(Generic[N]):
    __has_more__ = True
    data: _Data[N]
    query: _Query[N]
    generate: _Query[N]
    aggregate: _Query[N]


class Collections:
    __has_more__ = True

    def get(self, name: Given[N], *args, **options) -> Collection[N]: ...
    def use(self, name: Given[N], *args, **options) -> Collection[N]: ...
    def create(self, name: Given[N], *args, **options) -> Collection[N]: ...
    @stores("search index", "delete", "name")
    def delete(self, name): ...


class WeaviateClient:
    __has_more__ = True
    collections: Collections


def connect_to_local(*args, **options) -> WeaviateClient: ...
def connect_to_weaviate_cloud(*args, **options) -> WeaviateClient: ...
def connect_to_wcs(*args, **options) -> WeaviateClient: ...
def connect_to_custom(*args, **options) -> WeaviateClient: ...
