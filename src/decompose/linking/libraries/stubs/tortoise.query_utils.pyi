from typing import Generic

from decompose.effects import joins, names
from tortoise.expressions import E, Expression, L, Q, X
from tortoise.queryset import QuerySet


class Prefetch(Expression[L, X]):
    @names("L", "to_attr")
    @joins("X", "E")
    def __init__(self, relation, queryset: QuerySet[E, E, E, E] = None, to_attr=None) -> None: ...
