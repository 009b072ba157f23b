"""What a split does to the database.

A split says who owns which table. `split_database` finds everything that this cuts, for every candidate, and decides
nothing: keys, accesses and transactions with their lines. `design_database` then answers what to do about each, for one split:
for a table that several services need the ways to share it (`SharedTable`), for a cut key what replaces it (`CutKey`), for a
statement that joins tables of several owners the way out (`CrossingJoin`), and for a transaction that spans services the
saga that takes its place (`Saga`). `write_ddl` turns the result into SQL: a schema for each service, and the scripts that move
the data there and back. All are pure functions of the system and the split.
"""

from decompose.database.design import design_database
from decompose.database.divide import split_database

__all__ = ["design_database", "split_database"]
