"""What the types of libraries are in a database: declared name -> SQL type, as PostgreSQL writes it.

``{name}`` stands for an argument of the declaration; where the argument is not known, its parentheses fall away.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

FILE_FIELDS = frozenset({"FileField", "ImageField"})
"""Columns that hold the name of a file which is kept elsewhere."""

DJANGO: Mapping[str, str] = {
    "AutoField": "integer",
    "BigAutoField": "bigint",
    "SmallAutoField": "smallint",
    "BigIntegerField": "bigint",
    "BinaryField": "bytea",
    "BooleanField": "boolean",
    "NullBooleanField": "boolean",
    "CharField": "varchar({max_length})",
    "CommaSeparatedIntegerField": "varchar({max_length})",
    "DateField": "date",
    "DateTimeField": "timestamp with time zone",
    "DecimalField": "numeric({max_digits}, {decimal_places})",
    "DurationField": "interval",
    "EmailField": "varchar({max_length:254})",
    "FileField": "varchar({max_length:100})",
    "FilePathField": "varchar({max_length:100})",
    "FloatField": "double precision",
    "GenericIPAddressField": "inet",
    "IPAddressField": "inet",
    "ImageField": "varchar({max_length:100})",
    "IntegerField": "integer",
    "JSONField": "jsonb",
    "PositiveBigIntegerField": "bigint",
    "PositiveIntegerField": "integer",
    "PositiveSmallIntegerField": "smallint",
    "SlugField": "varchar({max_length:50})",
    "SmallIntegerField": "smallint",
    "TextField": "text",
    "TimeField": "time",
    "URLField": "varchar({max_length:200})",
    "UUIDField": "uuid",
}

SQLALCHEMY: Mapping[str, str] = {
    "BigInteger": "bigint",
    "Boolean": "boolean",
    "Date": "date",
    "DateTime": "timestamp",
    "Double": "double precision",
    "Float": "double precision",
    "Integer": "integer",
    "Interval": "interval",
    "JSON": "json",
    "JSONB": "jsonb",
    "LargeBinary": "bytea",
    "Numeric": "numeric({precision}, {scale})",
    "SmallInteger": "smallint",
    "String": "varchar({length})",
    "Text": "text",
    "Time": "time",
    "Unicode": "varchar({length})",
    "UnicodeText": "text",
    "UUID": "uuid",
    "Uuid": "uuid",
    "BIGINT": "bigint",
    "BOOLEAN": "boolean",
    "BYTEA": "bytea",
    "CHAR": "char({length})",
    "CIDR": "cidr",
    "DATE": "date",
    "DATETIME": "timestamp",
    "FLOAT": "double precision",
    "INET": "inet",
    "INTEGER": "integer",
    "INTERVAL": "interval",
    "NUMERIC": "numeric({precision}, {scale})",
    "SMALLINT": "smallint",
    "TEXT": "text",
    "TIMESTAMP": "timestamp",
    "TSVECTOR": "tsvector",
    "VARCHAR": "varchar({length})",
}

ANNOTATIONS: Mapping[str, str] = {
    "bool": "boolean",
    "bytes": "bytea",
    "date": "date",
    "datetime": "timestamp",
    "Decimal": "numeric",
    "dict": "json",
    "float": "double precision",
    "int": "integer",
    "str": "varchar",
    "time": "time",
    "timedelta": "interval",
    "UUID": "uuid",
}
"""The types of Python that SQLAlchemy and SQLModel map by themselves."""

_ARGUMENT = re.compile(r"\{(\w+)(?::(\w+))?\}")
_UNKNOWN = "?"


def arguments_of(pattern: str) -> list[str]:
    """The names of the arguments that a type depends on, in order."""
    return [name for name, _ in _ARGUMENT.findall(pattern)]


def filled(pattern: str, arguments: Mapping[str, object]) -> str:
    """The SQL type with its arguments, or without its parentheses where one of them is not known."""

    def value(found: re.Match[str]) -> str:
        given = arguments.get(found[1])
        return str(given) if isinstance(given, int) else found[2] or _UNKNOWN

    text = _ARGUMENT.sub(value, pattern)
    return text.partition("(")[0] if _UNKNOWN in text else text
