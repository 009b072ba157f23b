from typing import Generic, TypeVar

from decompose.effects import deletes, inserts, reads, scans, updates

T = TypeVar("T")
J = TypeVar("J")
C = TypeVar("C")
U = TypeVar("U")
I = TypeVar("I")
D = TypeVar("D")
S = TypeVar("S")


class JoinConfig(Generic[J]):
    def __init__(self, model: type[J], *args, **options) -> None: ...


class FastCRUD(Generic[T, C, U, I, D, S]):
    """Each method that writes commits by itself, unless it is told not to."""

    def __init__(self, model: type[T], *args, **options) -> None: ...
    @inserts("T")
    def create(self, db, object, **options) -> T: ...
    @reads("T")
    @inserts("T")
    @updates("T")
    def upsert(self, db, instance, **options) -> T: ...
    @inserts("T")
    @updates("T")
    def upsert_multi(self, db, instances, **options): ...
    @reads("T")
    def get(self, db, **options): ...
    @scans("T")
    def exists(self, db, **options): ...
    @scans("T")
    @scans("J")
    def count(self, db, joins_config: list[JoinConfig[J]] = None, **options): ...
    @reads("T")
    def get_multi(self, db, *args, **options): ...
    @reads("T")
    def get_multi_by_cursor(self, db, *args, **options): ...
    @reads("T")
    @reads("J")
    def get_joined(self, db, join_model: type[J] = None, *, joins_config: list[JoinConfig[J]] = None, **options): ...
    @reads("T")
    @reads("J")
    def get_multi_joined(self, db, join_model: type[J] = None, *, joins_config: list[JoinConfig[J]] = None, **options): ...
    @scans("T")
    @updates("T")
    def update(self, db, object, **options): ...
    @deletes("T")
    def db_delete(self, db, **options): ...
    @scans("T")
    @updates("T")
    @deletes("T")
    def delete(self, db, db_row=None, **options): ...
