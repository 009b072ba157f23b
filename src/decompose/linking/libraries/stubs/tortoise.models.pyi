from typing import ClassVar, Self, TypeVar

from decompose.effects import builds, deletes, executes, inserts, joins, leaves_out, loads_along, looks_up, reads, scans, updates
from tortoise.expressions import Expression
from tortoise.queryset import QuerySet, QuerySetSingle

J = TypeVar("J")
S = TypeVar("S")
A = TypeVar("A")
N = TypeVar("N")
E = TypeVar("E")
T = TypeVar("T")


class Model:
    __calls_nothing__ = True

    def __init__(self, *args, **values) -> None: ...
    @classmethod
    @builds("read", "Self")
    def all(cls, **options) -> QuerySet[Self]: ...
    @classmethod
    @builds("read", "Self")
    @looks_up("J", "Self", "N")
    @joins("J", "E")
    def filter(cls, *args: Expression[N, E], **lookups: Expression[N, E]) -> QuerySet[Self, J]: ...
    @classmethod
    @builds("read", "Self")
    @looks_up("J", "Self", "N")
    @joins("J", "E")
    def exclude(cls, *args: Expression[N, E], **lookups: Expression[N, E]) -> QuerySet[Self, J]: ...
    @classmethod
    @builds("read", "Self")
    @looks_up("J", "Self", "N")
    @joins("J", "E")
    def annotate(cls, **expressions: Expression[N, E]) -> QuerySet[Self, J]: ...
    @classmethod
    @builds("lock", "Self")
    def select_for_update(cls, **options) -> QuerySet[Self]: ...
    @classmethod
    @builds("read", "Self")
    @looks_up("J", "Self", "N")
    @joins("J", "E")
    def get(cls, *args: Expression[N, E], **lookups: Expression[N, E]) -> QuerySetSingle[Self, J] | Self: ...
    @classmethod
    @builds("read", "Self")
    @looks_up("J", "Self", "N")
    @joins("J", "E")
    def get_or_none(cls, *args: Expression[N, E], **lookups: Expression[N, E]) -> QuerySetSingle[Self, J] | Self: ...
    @classmethod
    @builds("read", "Self")
    def first(cls, **options) -> QuerySetSingle[Self] | Self: ...
    @classmethod
    @builds("read", "Self")
    @looks_up("J", "Self")
    def latest(cls, *names, **options) -> QuerySetSingle[Self, J] | Self: ...
    @classmethod
    @builds("read", "Self")
    @looks_up("J", "Self")
    def earliest(cls, *names, **options) -> QuerySetSingle[Self, J] | Self: ...
    @classmethod
    @reads("Self")
    def in_bulk(cls, *args, **options) -> dict[str, Self]: ...
    @classmethod
    @looks_up("J", "Self", "N")
    @joins("J", "E")
    @scans("Self", "J")
    def exists(cls, *args: Expression[N, E], **lookups: Expression[N, E]): ...
    @classmethod
    @inserts("Self")
    def create(cls, **values) -> Self: ...
    @classmethod
    @inserts("Self")
    def bulk_create(cls, objects, **options): ...
    @classmethod
    @updates("Self")
    def bulk_update(cls, objects, fields, **options): ...
    @classmethod
    @reads("Self")
    @inserts("Self")
    def get_or_create(cls, **values) -> tuple[Self, bool]: ...
    @classmethod
    @reads("Self")
    @inserts("Self")
    @updates("Self")
    def update_or_create(cls, **values) -> tuple[Self, bool]: ...
    @classmethod
    @executes("sql")
    def raw(cls, sql, **options) -> QuerySet[Self]: ...
    @classmethod
    @loads_along("A", "Self", "N")
    @joins("A", "E")
    @reads("A")
    def fetch_for_list(cls, instances, *names: Expression[N, E], **options): ...
    @leaves_out("update", "force_create")
    @leaves_out("insert", "update_fields")
    @leaves_out("insert", "force_update")
    @inserts("Self")
    @updates("Self")
    def save(self, using_db=None, update_fields=None, force_create=False, force_update=False): ...
    @deletes("Self")
    def delete(self, **options): ...
    @reads("Self")
    def refresh_from_db(self, **options): ...
    @builds("update", "Self")
    def update_from_dict(self, data) -> Self: ...
    def clone(self, **options) -> Self: ...
    @loads_along("A", "Self", "N")
    @joins("A", "E")
    @reads("A")
    def fetch_related(self, *names: Expression[N, E], **options): ...
