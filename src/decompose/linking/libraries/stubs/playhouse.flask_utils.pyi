from typing import TypeVar

from decompose.effects import reads
from peewee import Expression, Model, ModelSelect

T = TypeVar("T")
J = TypeVar("J")
U = TypeVar("U")


class FlaskDB:
    Model: type[Model]


@reads("T", "J", "U")
def get_object_or_404(query_or_model: type[T] | ModelSelect[T, J], *query: Expression[U]) -> T: ...
@reads("T", "J")
def object_list(template_name, query: ModelSelect[T, J], context_variable="object_list", **options): ...
