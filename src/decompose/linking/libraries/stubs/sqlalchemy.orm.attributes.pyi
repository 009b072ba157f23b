from typing import TypeVar

from decompose.effects import updates

T = TypeVar("T")


@updates("T")
def flag_modified(instance: T, key) -> None: ...
@updates("T")
def flag_dirty(instance: T) -> None: ...
