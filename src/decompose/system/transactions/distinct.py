"""Transactions that are told: each once, whoever inherits it and whatever it is given, where that makes no difference."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple

import msgspec

from decompose.system.model import Transaction
from decompose.system.transactions.contexts import Contexts
from decompose.system.transactions.events import Actor
from decompose.system.transactions.narrowed import plain
from decompose.system.transactions.reach import Reach

Key = tuple[str, str, str, int]
"""Definition, unit that acts, scope (with the inherited methods that answer) and line of a transaction."""


class Distinct(NamedTuple):
    """Tells apart what was found. ``beside``: the helper that runs what it is given, and what that is; ``asked``: method -> the inheriting
    classes that are asked for it; ``acting``: an actor with all that it is given.
    """

    found: Mapping[Key, Transaction]
    beside: Mapping[Key, tuple[str, Iterable[Actor]]]
    asked: Mapping[str, Collection[str]]
    reach: Reach
    contexts: Contexts
    acting: Callable[[Actor], list[Actor]]

    def all(self) -> list[Transaction]:
        """All of them, sorted, without what a subclass inherits as it is, or inherits and is not asked for."""
        own: dict[Transaction, list[Transaction]] = {}
        for key, transaction in sorted(self.found.items()):
            at_home = self.found.get((*self.reach.home((key[0], "")), *key[2:]))
            if self._is_asked(transaction) and not _like_at_home(transaction, at_home):
                apart = key in self.beside or transaction.number >= 0
                told = self._with_inside(key, transaction) if apart else transaction
                # What is only read differs from caller to caller, and is no reason to tell it several times; nor is what is
                # written for some values of an argument.
                alike = msgspec.structs.replace(transaction, number=-1, tables_by_class=())
                for_all = self._is_for_all(key)
                if transaction.number >= 0 or for_all:
                    alike = msgspec.structs.replace(alike, tables_read=(), locked=())
                if for_all:
                    alike = msgspec.structs.replace(alike, tables_written=(), tables_cascaded=(), lines=())
                own.setdefault(alike, []).append(told)
        merged = map(_as_one, own.values())
        return sorted(
            merged, key=lambda t: (t.definition, t.unit, t.scope, t.line, t.tables_written, t.tables_read, t.answering)
        )

    def _is_asked(self, transaction: Transaction) -> bool:
        """Whether somebody has the method run for the class that acts, where that is known for another class."""
        asked = self.asked.get(transaction.definition)
        home = self.reach.home((transaction.definition, ""))[1]
        return asked is None or transaction.unit == home or transaction.unit in asked

    def _is_for_all(self, key: Key) -> bool:
        """Whether it happens whatever an argument says, and nothing else tells apart what its definition is given."""
        anyhow = plain(key[:2])
        if anyhow[0] not in self.contexts.switches.names:
            return False
        chosen = self.acting(anyhow)
        told = (one == anyhow or self.contexts.is_only_switched(one) for one in chosen)
        return len(chosen) > 1 and all((*one, *key[2:]) in self.found for one in chosen) and all(told)

    def _with_inside(self, key: Key, transaction: Transaction) -> Transaction:
        beside = self.beside.get(key)
        called = self.reach.called(key[:2], transaction.lines) if transaction.lines else {key[:2]}
        helper, actors = beside or (transaction.definition, called)
        inside = self.reach.inside(actors) | {transaction.definition, helper}
        return msgspec.structs.replace(transaction, inside=tuple(sorted(inside)))


def _as_one(several: list[Transaction]) -> Transaction:
    """What a definition writes in the same transaction whatever it is given."""
    if len(several) == 1:
        return several[0]
    written = {table for one in several for table in one.tables_written}
    cascaded = {table for one in several for table in one.tables_cascaded}
    by_class = {table for one in several for table in one.tables_by_class}
    return msgspec.structs.replace(
        max(several, key=lambda one: len(one.tables_written)),
        number=-1,
        tables_written=tuple(sorted(written)),
        tables_cascaded=tuple(sorted(t for t in cascaded if all(_only_cascades(one, t) for one in several))),
        tables_by_class=tuple(sorted(t for t in by_class if all(_is_by_class(one, t) for one in several))),
        tables_read=tuple(sorted({table for one in several for table in one.tables_read})),
        locked=tuple(sorted({table for one in several for table in one.locked})),
        inside=tuple(sorted({inside for one in several for inside in one.inside}))
        if all(one.inside for one in several)
        else (),
    )


def _only_cascades(transaction: Transaction, table: str) -> bool:
    return table in transaction.tables_cascaded or table not in transaction.tables_written


def _is_by_class(transaction: Transaction, table: str) -> bool:
    return table in transaction.tables_by_class or table not in transaction.tables_written


def _like_at_home(transaction: Transaction, at_home: Transaction | None) -> bool:
    """Whether a subclass inherits a transaction that does the same as where it is written."""
    return (
        at_home is not None
        and at_home is not transaction
        and at_home.tables_written == transaction.tables_written
        and at_home.tables_read == transaction.tables_read
    )
