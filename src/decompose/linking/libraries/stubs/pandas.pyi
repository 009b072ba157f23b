from typing import TypeVar

from decompose import TableName
from decompose.effects import executes, inserts, reads

T = TypeVar("T")


class DataFrame:
    def __init__(self, *args, **options) -> None: ...
    def __getitem__(self, key) -> DataFrame: ...
    @inserts("T")
    def to_sql(self, name: TableName[T], con=None, **options): ...


@executes("sql")
def read_sql(sql, con, **options) -> DataFrame: ...
@executes("sql")
def read_sql_query(sql, con, **options) -> DataFrame: ...
@reads("T")
def read_sql_table(table_name: TableName[T], con=None, **options) -> DataFrame: ...
