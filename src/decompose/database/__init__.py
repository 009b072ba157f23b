"""What a split does to the database."""

from decompose.database.divide import split_database

__all__ = ["split_database"]
