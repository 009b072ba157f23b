"""Tables that are no part of an application, because every database has its own."""

from __future__ import annotations

import re

_CATALOGUE = re.compile(
    r"""
    ^(?:information_schema|performance_schema|pg_catalog|mysql|sys|syscat|sysibm|sysibmadm|system|system_schema|v_catalog|v_monitor)\.
    | ^(?:pg|sqlite|svv|stv|stl|svl)_ | ^_v_ | ^g?v\$ | ^exa_(?:all|user|dba)_ | ^dual$
    | ^sys(?:objects|columns|indexes|types|users|tables)$
    | ^(?:all|user|dba)_(?:tables|tab_(?:columns|cols|comments)|views|constraints|cons_columns|indexes|ind_columns|objects
        |sequences|col_comments|synonyms|source|triggers|procedures|mviews|part_tables)$
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Tables by which databases (PostgreSQL, MySQL, Oracle, Db2, SQL Server, Redshift, ClickHouse, ...) tell of themselves."""

_BOOKS = re.compile(
    r"""
    (?:\w+\.)?
    (?: alembic_version(?:_\w+)? | django_migrations | south_migrationhistory | aerich | migratehistory | migrate_version
      | _?yoyo_(?:migration|log|version|lock|tmp) | schema_migrations | flyway_schema_history | databasechangelog(?:lock)?
      | goose_db_version | _prisma_migrations | knex_migrations(?:_lock)? )
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Alembic, Django, South, Aerich, peewee_migrate, sqlalchemy-migrate, yoyo, and what people use beside them: golang-migrate, dbmate and Rails,
Flyway, Liquibase, goose, Prisma, Knex."""


def keeps_migrations(table: str) -> bool:
    """Whether a tool keeps there which migrations a database has had, by the name that it always gives it."""
    return _BOOKS.fullmatch(table) is not None


def is_of_the_database(table: str) -> bool:
    """Whether a database tells of itself there, or a tool keeps its migrations there: whatever it is divided into, each part has its own."""
    return _CATALOGUE.match(table) is not None or keeps_migrations(table)
