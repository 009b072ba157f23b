from typing import Generic, TypeVar

from decompose.effects import builds, loads_fields

T = TypeVar("T")
U = TypeVar("U")
R = TypeVar("R")


class Loaded(Generic[T]):
    """What ``load`` gives in old releases."""

    data: T
    errors: dict[str, str]


class SQLAlchemySchema(Generic[T]):
    __hooks__ = "get_instance handle_error get_attribute on_bind_field"

    __model_named_in__ = "Meta.model"

    def __init__(self, *args, **options) -> None: ...
    @builds("update", "U")
    def load(self, data, session=None, instance: U = None, transient=False, **options) -> T | Loaded[T] | U | Loaded[U]: ...
    def validate(self, data, *args, **options) -> dict[str, str]: ...
    @loads_fields("Self", "R")
    def dump(self, obj: R, *args, **options): ...
    @loads_fields("Self", "R")
    def dumps(self, obj: R, *args, **options): ...
    def loads(self, text, *args, **options) -> T | Loaded[T]: ...
    def get_instance(self) -> T: ...


SQLAlchemyAutoSchema = SQLAlchemySchema


class ModelSchema(SQLAlchemySchema[T]):
    """Of old releases: every relation of the model is a field."""

    __fields_of_row__ = True
