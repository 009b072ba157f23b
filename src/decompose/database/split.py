"""What a split does to the database: owners, and everything that used to be local and now crosses."""

from __future__ import annotations

from decompose.system.model import Access, ForeignKey, Record, Transaction


class Ownership(Record, frozen=True):
    """Who owns a table and why; ``writers`` and ``readers`` count access sites for each service."""

    table: str
    owner: str
    reason: str
    contested: bool
    writers: dict[str, int]
    readers: dict[str, int]


class CutForeignKey(Record, frozen=True):
    """A foreign key whose two tables have different owners."""

    key: ForeignKey
    service: str
    target_service: str


class ForeignAccess(Record, frozen=True):
    """Code of one service touches a table that another service owns."""

    access: Access
    service: str
    owner: str


class SpanningTransaction(Record, frozen=True):
    """A transaction that writes tables of more than one service: it cannot stay one transaction."""

    transaction: Transaction
    services: tuple[str, ...]


class DatabaseSplit(Record, frozen=True):
    """The database side of the split named ``split``."""

    split: str
    owners: tuple[Ownership, ...]
    cut_foreign_keys: tuple[CutForeignKey, ...]
    foreign_accesses: tuple[ForeignAccess, ...]
    spanning_transactions: tuple[SpanningTransaction, ...]
