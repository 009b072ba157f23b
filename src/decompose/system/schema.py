"""Tables and foreign keys from all sources, merged under one name each."""

from __future__ import annotations

from collections.abc import Iterable

from decompose.linking import FoundKey, FoundTable, Linked
from decompose.linking.libraries import SCHEMAS, mapped_class
from decompose.linking.program import Scope
from decompose.linking.values import Value
from decompose.system.model import Column, ForeignKey, Table, TableSource
from decompose.system.sql import SqlTable

_PUBLIC = "public."
_MAX_DEPTH = 4


class Schema:
    """Collects tables; the first source to name a table gives its place, later ones only fill what is missing."""

    def __init__(self, linked: Linked) -> None:
        self.linked = linked
        self.tables: dict[str, Table] = {}
        self._library_tables: dict[str, FoundTable] = {}
        self._of_class: dict[int, str] = {}
        self._by_lower: dict[str, str] = {}
        self.keys: dict[tuple[str, tuple[str, ...], str], ForeignKey] = {}
        found_keys: list[FoundKey] = []
        for recognise in SCHEMAS:
            for found in recognise(linked):
                if isinstance(found, FoundTable):
                    self._add_found(found)
                else:
                    found_keys.append(found)
        for key in found_keys:
            self._add_key(key)

    def _add_found(self, found: FoundTable) -> None:
        if found.cls is not None and found.cls.library:
            # A library's own table counts only once the application touches it or points to it.
            self._of_class[found.cls.index] = found.name
            self._library_tables[found.name] = found
            return
        source: TableSource = "core" if found.source == "core" else "model"
        model = found.cls.definition if found.cls is not None else ""
        self.add(found.name, model, source, found.file, found.line, found.columns)
        if found.cls is not None:
            self._of_class[found.cls.index] = self._by_lower[found.name.lower()]

    def add(
        self, name: str, model: str, source: TableSource, file: str, line: int,
        columns: Iterable[tuple[str, str, bool | None, bool]] = (),
    ) -> str:  # fmt: skip
        """Make a table known; returns its name as first seen."""
        known = self.resolve(name)
        if known is not None:
            return known
        made = tuple(Column(name=c, type=t, nullable=n, primary_key=p) for c, t, n, p in columns)
        self.tables[name] = Table(name=name, model=model, source=source, file=file, line=line, columns=made)
        self._by_lower[name.lower()] = name
        return name

    def resolve(self, name: str) -> str | None:
        """The known table that a name in SQL means."""
        lowered = name.lower().removeprefix(_PUBLIC)
        found = self._by_lower.get(lowered) or self._by_lower.get(f"{_PUBLIC}{lowered}")
        if found is None and "." in lowered:
            found = self._by_lower.get(lowered.rpartition(".")[2])
        return found

    def add_sql_table(self, table: SqlTable, file: str, source: TableSource) -> None:
        """A table of a ``CREATE TABLE``."""
        name = self.add(table.name, "", source, file, table.line, table.columns)
        for columns, target, target_columns, on_delete in table.keys:
            self._key(name, columns, self.resolve(target) or target, target_columns, on_delete, file, table.line)

    def _add_key(self, found: FoundKey) -> None:
        target = found.target
        if isinstance(target, Scope):
            name = self.table_of_class(target)
            if name is None:
                return
        else:
            name = self.resolve(target) or target
        self._key(
            self.resolve(found.table) or found.table,
            found.columns,
            name,
            found.target_columns,
            found.on_delete,
            found.file,
            found.line,
        )

    def _key(
        self, table: str, columns: tuple[str, ...], target: str, target_columns: tuple[str, ...], on_delete: str,
        file: str, line: int,
    ) -> None:  # fmt: skip
        self._touch(target)
        self.keys.setdefault(
            (table, columns, target),
            ForeignKey(
                table=table, columns=columns, target_table=target, target_columns=target_columns,
                on_delete=on_delete, file=file, line=line,
            ),
        )  # fmt: skip

    def _touch(self, name: str) -> None:
        """A library's table becomes part of the schema when it is used."""
        found = self._library_tables.get(name)
        if found is not None and name not in self.tables:
            self.add(name, "", "model", "", 0)

    def table_of_class(self, cls: Scope) -> str | None:
        """The table that instances of a class are stored in."""
        for candidate in (cls, mapped_class(self.linked, cls), *self.linked.hierarchy.order(cls)[1:]):
            name = self._of_class.get(candidate.index)
            if name is not None:
                self._touch(name)
                return name
        return None

    def tables_of_value(self, value: Value, depth: int = 0) -> list[str]:
        """The tables behind a value that a library reads or writes: an entity, a table, or a container of them."""
        description = self.linked.values[value]
        if description[0] == "D":
            name = self.resolve(description[1])
            return [name] if name is not None else []
        if description[0] not in ("I", "C") or depth > _MAX_DEPTH:
            return []
        cls = self.linked.program.scopes[description[1]]
        name = self.table_of_class(cls)
        if name is not None:
            return [name]
        if cls.library:
            return [
                t for argument in description[2] for inner in argument for t in self.tables_of_value(inner, depth + 1)
            ]
        return []
