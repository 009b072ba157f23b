from typing import Generic, TypeVar

from sqlalchemy import Select

from decompose.effects import deletes, inserts, reads, scans, updates

T = TypeVar("T")
J = TypeVar("J")


class JoinConfig(Generic[J]):
    def __init__(self, model: type[J], *args, **options) -> None: ...


class CRUDPlus(Generic[T]):
    """Each method that changes rows commits only where it is told to."""

    model: type[T]

    def __init__(self, model: type[T]) -> None: ...
    @inserts("T")
    def create_model(self, session, obj, flush=False, commit=False, **values) -> T: ...
    @inserts("T")
    def create_models(self, session, objs, flush=False, commit=False, **values) -> list[T]: ...
    @inserts("T")
    def bulk_create_models(self, session, objs, *args, **options) -> list[T]: ...
    @scans("T")
    @scans("J")
    def count(self, session, *whereclause, join_conditions: list[JoinConfig[J]] = None, **options): ...
    @scans("T")
    @scans("J")
    def exists(self, session, *whereclause, join_conditions: list[JoinConfig[J]] = None, **options): ...
    @reads("T")
    @reads("J")
    def select_model(self, session, pk, *whereclause, join_conditions: list[JoinConfig[J]] = None, **options) -> T: ...
    @reads("T")
    @reads("J")
    def select_model_by_column(self, session, *whereclause, join_conditions: list[JoinConfig[J]] = None, **options) -> T: ...
    def select(self, *whereclause, join_conditions: list[JoinConfig[J]] = None, **options) -> Select[T, J]: ...
    def select_order(self, sort_columns, sort_orders=None, *whereclause, join_conditions: list[JoinConfig[J]] = None, **options) -> Select[T, J]: ...
    @reads("T")
    @reads("J")
    def select_models(self, session, *whereclause, join_conditions: list[JoinConfig[J]] = None, **options) -> list[T]: ...
    @reads("T")
    @reads("J")
    def select_models_order(self, session, sort_columns, sort_orders=None, *whereclause, join_conditions: list[JoinConfig[J]] = None, **options) -> list[T]: ...
    @scans("T")
    @updates("T")
    def update_model(self, session, pk, obj, flush=False, commit=False, **values): ...
    @scans("T")
    @updates("T")
    def update_model_by_column(self, session, obj, allow_multiple=False, flush=False, commit=False, **values): ...
    @updates("T")
    def bulk_update_models(self, session, objs, *args, **options): ...
    @scans("T")
    @deletes("T")
    def delete_model(self, session, pk, flush=False, commit=False, **values): ...
    @scans("T")
    @deletes("T")
    def delete_model_by_column(self, session, allow_multiple=False, logical_deletion=False, **options): ...
