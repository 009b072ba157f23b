from typing import TypeVar

from decompose.effects import reads
from django.db.models import QuerySet

T = TypeVar("T")


@reads("T")
def get_object_or_404(klass: type[T] | QuerySet[T], *args, **lookups) -> T: ...
@reads("T")
def aget_object_or_404(klass: type[T] | QuerySet[T], *args, **lookups) -> T: ...
@reads("T")
def get_list_or_404(klass: type[T] | QuerySet[T], *args, **lookups) -> list[T]: ...
