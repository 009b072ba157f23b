from typing import TypeVar

from decompose.effects import keeps, looks_up, reads, renders
from django.db.models import QuerySet

T = TypeVar("T")
J = TypeVar("J")
S = TypeVar("S")
A = TypeVar("A")


@looks_up("J", "T")
@reads("T", "J", "A")
def get_object_or_404(klass: type[T] | QuerySet[T, J, S, A], *args, **lookups) -> T: ...
@looks_up("J", "T")
@reads("T", "J", "A")
def aget_object_or_404(klass: type[T] | QuerySet[T, J, S, A], *args, **lookups) -> T: ...
@looks_up("J", "T")
@reads("T", "J", "A")
def get_list_or_404(klass: type[T] | QuerySet[T, J, S, A], *args, **lookups) -> list[T]: ...
@looks_up("J", "T")
@reads("T", "J", "A")
def aget_list_or_404(klass: type[T] | QuerySet[T, J, S, A], *args, **lookups) -> list[T]: ...
@renders("context")
def render(request, template_name, context=None, *args, **options): ...


# A view that is given is only asked for its path.
@keeps("to")
def redirect(to, *args, permanent=False, **kwargs): ...
