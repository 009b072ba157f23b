from decompose.effects import builds, inserts, updates
from sqlalchemy import Boolean, Column, DateTime, Integer


class ModelBase:
    @inserts("Self")
    def save(self, session) -> None: ...
    @builds("update", "Self")
    def update(self, values) -> None: ...
    def get(self, key, default=None): ...
    def keys(self): ...
    def items(self): ...
    def iteritems(self): ...


class TimestampMixin:
    created_at = Column(DateTime)
    updated_at = Column(DateTime)


class SoftDeleteMixin:
    deleted_at = Column(DateTime)
    deleted = Column(Integer)
    @updates("Self")
    def soft_delete(self, session) -> None: ...
