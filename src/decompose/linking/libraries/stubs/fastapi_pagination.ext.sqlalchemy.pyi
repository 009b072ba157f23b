from typing import TypeVar

from decompose.effects import executes
from sqlalchemy import Statement

T = TypeVar("T")


@executes("query")
def paginate(conn, query: Statement[T], *args, **options): ...
@executes("query")
def apaginate(conn, query: Statement[T], *args, **options): ...
