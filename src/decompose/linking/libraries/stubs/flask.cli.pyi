from flask import CommandGroup as AppGroup
from typing import TypeVar

F = TypeVar("F")


def with_appcontext(function: F) -> F: ...
