from typing import TypeVar

from decompose.effects import builds

T = TypeVar("T")


class Form:
    __hooks__ = "validate validate_* filter_* process populate_obj"

    def __init__(self, *args, **options) -> None: ...
    def validate(self, *args, **options) -> bool: ...
    def process(self, *args, **options): ...
    @builds("update", "T")
    def populate_obj(self, obj: T): ...
