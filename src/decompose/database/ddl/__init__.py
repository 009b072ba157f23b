"""SQL for a split: the schema of each service, and the scripts that move the data there and back.

`write_ddl` takes a system, a split and its database side, and gives files by relative path. `schemas/SERVICE.sql` is what the code
shows of a service's tables, in the dialect that was asked for (`decompose.database.ddl.schema`, through sqlglot). The move comes in two
stages, one service at a time: a schema for each service in one database, then a database for each service. For PostgreSQL the scripts
are short calls of functions that stand in one file (``postgres_functions.sql``), work from the catalogue of the database, so that
nothing is lost that the code does not show, and keep what they did, so that each can be run again and undone. MySQL and SQLite get plain
statements. Applications with Django or Alembic also get the migration that makes their models follow.
"""

from decompose.database.ddl.write import DIALECTS, Dialect, write_ddl

__all__ = ["DIALECTS", "Dialect", "write_ddl"]
