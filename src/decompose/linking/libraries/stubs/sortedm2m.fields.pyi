from typing import TypeVar

from decompose import Reference
from django.db.models import ManyToManyField

T = TypeVar("T")


class SortedManyToManyField(ManyToManyField[T]):
    """Its table between has a column for the order; what it gives is told beside the tables."""

    def __init__(self, to: type[T] | Reference[T], sorted=True, base_class=None, **options) -> None: ...
