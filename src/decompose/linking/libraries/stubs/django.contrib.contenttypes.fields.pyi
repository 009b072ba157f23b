from typing import Generic, TypeVar

from decompose import Reference

T = TypeVar("T")


class GenericForeignKey:
    """What it leads to is told beside the tables: the models that have a relation back."""

    def __init__(self, ct_field="content_type", fk_field="object_id", for_concrete_model=True) -> None: ...


class GenericRelation(Generic[T]):
    def __init__(self, to: type[T] | Reference[T], **options) -> None: ...
