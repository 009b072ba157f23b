from typing import Self

from decompose.effects import deletes, inserts, reads, updates
from sqlalchemy.orm import Query, Session


class SessionMixin:
    session: Session
    query: Query[Self]

    @classmethod
    def set_session(cls, session) -> None: ...


class ActiveRecordMixin(SessionMixin):
    def fill(self, **fields) -> Self: ...
    @inserts("Self")
    @updates("Self")
    def save(self) -> Self: ...
    @classmethod
    @inserts("Self")
    def create(cls, **fields) -> Self: ...
    @updates("Self")
    def update(self, **fields) -> Self: ...
    @deletes("Self")
    def delete(self) -> None: ...
    @classmethod
    @reads("Self")
    @deletes("Self")
    def destroy(cls, *ids) -> None: ...
    @classmethod
    @reads("Self")
    def all(cls) -> list[Self]: ...
    @classmethod
    @reads("Self")
    def first(cls) -> Self: ...
    @classmethod
    @reads("Self")
    def find(cls, id_) -> Self: ...
    @classmethod
    @reads("Self")
    def find_or_fail(cls, id_) -> Self: ...


class SmartQueryMixin(SessionMixin):
    @classmethod
    def smart_query(cls, filters=None, sort_attrs=None, schema=None) -> Query[Self]: ...
    @classmethod
    def where(cls, **filters) -> Query[Self]: ...
    @classmethod
    def sort(cls, *columns) -> Query[Self]: ...


class EagerLoadMixin(SessionMixin):
    @classmethod
    def with_(cls, schema) -> Query[Self]: ...
    @classmethod
    def with_joined(cls, *paths) -> Query[Self]: ...
    @classmethod
    def with_subquery(cls, *paths) -> Query[Self]: ...


class ReprMixin: ...
class SerializeMixin:
    def to_dict(self, nested=False, hybrid_attributes=False, exclude=None) -> dict: ...


class TimestampsMixin: ...


class AllFeaturesMixin(ActiveRecordMixin, SmartQueryMixin, EagerLoadMixin, ReprMixin, SerializeMixin): ...
