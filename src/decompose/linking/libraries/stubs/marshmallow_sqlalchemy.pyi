from typing import Generic, TypeVar

from decompose.effects import builds

T = TypeVar("T")
U = TypeVar("U")


class Loaded(Generic[T]):
    """What ``load`` gives in old releases."""

    data: T
    errors: dict[str, str]


class SQLAlchemySchema(Generic[T]):
    __model_named_in__ = "Meta.model"

    def __init__(self, *args, **options) -> None: ...
    @builds("update", "U")
    def load(self, data, session=None, instance: U = None, transient=False, **options) -> T | Loaded[T] | U | Loaded[U]: ...
    def validate(self, data, *args, **options) -> dict[str, str]: ...
    def dump(self, obj, *args, **options): ...
    def dumps(self, obj, *args, **options): ...
    def loads(self, text, *args, **options) -> T | Loaded[T]: ...
    def get_instance(self) -> T: ...


SQLAlchemyAutoSchema = SQLAlchemySchema
ModelSchema = SQLAlchemySchema
