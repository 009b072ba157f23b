"""Which tables an attribute of the rows of a table leads to, and what a parameter so brings: ``row.options``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from decompose.linking import Linked
from decompose.linking.program import Scope
from decompose.system.schema.tables import Schema
from decompose.system.transactions.tables_of_values import TablesOfValues

_DOT = "."


class Related:
    """Answers for one linked program."""

    def __init__(self, linked: Linked, schema: Schema, tables: TablesOfValues) -> None:
        self._linked = linked
        self._schema = schema
        self._tables = tables
        self._led: dict[tuple[str, str], frozenset[str]] = {}

    def led_to(self, table: str, attribute: str) -> frozenset[str]:
        """The tables that an attribute of a row is about."""
        known = self._led.get((table, attribute))
        if known is None:
            found: set[str] = set()
            for cls in self.classes.get(table, ()):
                found |= self._of_class(cls, attribute)
            known = self._led[table, attribute] = frozenset(found)
        return known

    def _of_class(self, cls: Scope, attribute: str) -> set[str]:
        engine = self._linked.engine
        stored = engine.values_of(engine.fields(cls.index, attribute))
        found = {t for v in (*self._linked.attribute_values(cls, attribute), *stored) for t in self._tables.of_value(v)}
        relation = engine.relations.find(cls, attribute)
        if relation is not None:
            found.update(table for between in relation.through for table in self._tables.of_value(between))
            table = self._schema.table_meant(self._linked.program.scopes[relation.target])
            found |= {table} if table else set()
        return found

    def comes_in(self, table: str, leaves: frozenset[str], choice: Mapping[str, frozenset[str]]) -> bool:
        """Whether a choice lets one of the parameters in ``leaves`` bring a table, or lead to it."""
        return any(self.may_bring(leaf, table, choice) for leaf in leaves)

    def may_bring(self, leaf: str, table: str, choice: Mapping[str, frozenset[str]]) -> bool:
        """Whether a choice lets a parameter, or the attributes behind it, bring a table."""
        name, *attributes = leaf.split(_DOT)
        tables = choice.get(name)
        for attribute in attributes if tables is not None else ():
            tables = frozenset(led for one in tables or () for led in self.led_to(one, attribute))
        return tables is None or table in tables

    @cached_property
    def classes(self) -> dict[str, list[Scope]]:
        """Table -> the classes whose rows it holds."""
        found: dict[str, list[Scope]] = {}
        for cls in self._linked.program.classes():
            table = self._schema.table_meant(cls) if not cls.library else None
            if table is not None:
                found.setdefault(table, []).append(cls)
        return found


def behind(leaf: str, attribute: str) -> str:
    """An attribute of what a parameter brings; of what has come from elsewhere it is from elsewhere."""
    return f"{leaf}{_DOT}{attribute}" if leaf else leaf


def parameter_in(leaf: str) -> str:
    """The parameter that brings something, itself or by its attributes."""
    return leaf.partition(_DOT)[0]
