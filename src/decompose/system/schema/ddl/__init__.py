"""DDL -> tables with columns, keys and indexes, views, triggers and functions, through sqlglot.

`read_ddl` replays a text: what is made, changed, renamed and dropped, in order (``reading``). The plain forms of dumps are taken apart
without a parser (``plain``); the rest is parsed (``parsing``), and what its parts say of one table is added up (``bodies``). Views and
code are known by their shape (``code``). A statement that no dialect parses is a blind spot, and its table is known by name alone.
"""

from decompose.system.schema.ddl.reading import read_ddl
from decompose.system.schema.ddl.routine_bodies import read_body, tables_in

__all__ = ["read_body", "read_ddl", "tables_in"]
