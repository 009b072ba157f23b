"""Tables and foreign keys from all sources, merged under one name each."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from decompose.facts import HOLE
from decompose.linking import FoundKey, FoundTable, Linked
from decompose.linking.libraries import BETWEEN, DECLARATIONS, REFLECTIONS, SCHEMAS, mapped_class
from decompose.linking.program import Scope
from decompose.linking.values import Value
from decompose.sources.reading import read_file
from decompose.system.model import DATABASE_SOURCES, BlindSpot, Column, ForeignKey, Index, Routine, Table, TableSource
from decompose.system.schema.catalogue import Catalogue
from decompose.system.schema.copies import fullest_first
from decompose.system.schema.merging import merged_keys, merged_tables
from decompose.system.schema.migrations import Migrated
from decompose.system.schema.routines import known_routines
from decompose.system.sql.of_the_database import keeps_migrations

_PUBLIC = "public."
_EACH_HAS_ITS_OWN = "__each_has_its_own__"
_MAX_DEPTH = 4
EVERY_TABLE = "decompose:EveryTable"
_MAX_DECLARATION = 2_000_000
_REFLECTED = "the tables of the database are read while running: give them with --schema or --database"


class Schema:
    """Collects tables; the first source to name a table gives its place, later ones only fill what is missing.

    ``said_by_code`` and ``said_by_database`` keep what each side says of itself, to be compared.
    """

    def __init__(self, linked: Linked, base: str = "") -> None:
        self.linked = linked
        self.parts: dict[str, tuple[str, ...]] = {}
        """Table -> tables whose rows are loaded and saved along with its rows."""
        self.tables: dict[str, Table] = {}
        self.keys: dict[tuple[str, tuple[str, ...], str], ForeignKey] = {}
        self.routines: list[Routine] = []
        self.blind_spots: list[BlindSpot] = []
        self.said_by_code: dict[str, Table] = {}
        self.said_by_database: dict[str, Table] = {}
        self._library_tables: dict[str, FoundTable] = {}
        self._of_class: dict[int, str] = {}
        self._said_by: dict[str, Scope] = {}
        self._migrated: set[str] = set()
        self._by_lower: dict[str, str] = {}
        found_keys: list[FoundKey] = []
        found_tables: list[FoundTable] = []
        for recognise in SCHEMAS:
            for found in recognise(linked):
                if isinstance(found, FoundTable):
                    found_tables.append(found)
                else:
                    found_keys.append(found)
        for found in fullest_first(found_tables, linked.hierarchy):
            self._add_found(found)
        for found in self._declared_in_files(base) if base else ():
            if isinstance(found, FoundTable):
                self._add_found(found)
            else:
                found_keys.append(found)
        for key in found_keys:
            self._add_key(key)
        for recognise_between in BETWEEN:
            for cls in recognise_between(linked):
                name = self._of_class.get(cls.index, "")
                if name in self.tables:
                    self.tables[name] = msgspec.structs.replace(self.tables[name], between=True)
        self.blind_spots += [
            BlindSpot(
                kind="dynamic sql", definition=scope.definition, file=scope.module.file, line=line, reason=_REFLECTED
            )
            for reflect in REFLECTIONS
            for scope, line in reflect(linked)
        ]

    def _declared_in_files(self, base: str) -> Iterator[FoundTable | FoundKey]:
        for files, read in DECLARATIONS:
            for path, cls in files(self.linked):
                try:
                    content = read_file(Path(base, path), _MAX_DECLARATION)
                except OSError:
                    continue
                yield from read(path, content, cls)

    def _add_found(self, found: FoundTable) -> None:
        if found.cls is not None and found.cls.facts.flavour == "types":
            return
        if not found.file:
            # A library's own table counts only once the application touches it or points to it.
            if found.cls is not None:
                self._of_class[found.cls.index] = found.name
            self._library_tables[found.name] = found
            return
        source: TableSource = "core" if found.source == "core" else "model"
        if HOLE in found.name:
            definition = found.cls.definition if found.cls is not None else ""
            self._put_together("the name of a table", found.name, definition, found.file, found.line)
            return
        name = self.add_table(
            Table(
                name=found.name,
                model=found.cls.definition if found.cls is not None else "",
                source=source,
                file=found.file,
                line=found.line,
                columns=tuple(
                    Column(**{**c._asdict(), "source": source, "file": c.file or found.file}) for c in found.columns
                ),
                indexes=tuple(Index(**i._asdict(), source=source) for i in found.indexes),
                known_from=(source,),
                unseen_base=self._unseen_base(found.cls) if found.cls is not None else "",
            )
        )
        if found.parts:
            self.parts[name] = found.parts
        if found.cls is not None:
            self._of_class[found.cls.index] = name
            self._told_twice(name, found.cls, found)

    def _unseen_base(self, cls: Scope) -> str:
        """What a class or an ancestor is derived from that is not in view; Python's own classes bring no columns."""
        described = (self.linked.values[base] for base in self.linked.hierarchy.external_bases(cls))
        names = (
            f"{module}.{name}"
            for _, module, name in described
            if module.partition(".")[0] not in sys.stdlib_module_names
        )
        return next(names, "")

    def _put_together(self, what: str, name: str, definition: str, file: str, line: int) -> None:
        reason = f"{what} is put together while running: {name.replace(HOLE, '{…}')}"
        self.blind_spots.append(
            BlindSpot(kind="dynamic sql", definition=definition, file=file, line=line, reason=reason)
        )

    def _told_twice(self, table: str, cls: Scope, found: FoundTable) -> None:
        """Two classes that have nothing to do with each other say the same table: at most one of them is right."""
        first = self._said_by.setdefault(table, cls)
        related = (first in self.linked.hierarchy.order(cls), cls in self.linked.hierarchy.order(first))
        if not any(related) and first.definition != cls.definition:
            reason = f"{table} is the table of {first.definition} as well: told as one table with the columns of both"
            self.blind_spots.append(
                BlindSpot(
                    kind="duplicate table", definition=cls.definition, file=found.file, line=found.line, reason=reason
                )
            )

    def add_table(self, table: Table) -> str:
        """Make a table known, or add to what is known of it; returns its name as first seen."""
        known = self.resolve(table.name)
        if known is None:
            self._touch(table.name)
            known = self.resolve(table.name)
        side = self.said_by_database if table.source in DATABASE_SOURCES else self.said_by_code
        name = known or table.name
        side[name] = merged_tables(side[name], table) if name in side else table
        if known is None:
            self.tables[name] = table
            self._by_lower[name.lower()] = name
        else:
            self.tables[name] = merged_tables(self.tables[name], table)
        return name

    def add(self, name: str, model: str, source: TableSource, file: str, line: int) -> str:
        """Make a table known of which no more than its name is known; returns its name as first seen."""
        known = self.resolve(name)
        if known is not None and known in self.said_by_code:
            return known
        return self.add_table(Table(name=name, model=model, source=source, file=file, line=line, known_from=(source,)))

    def resolve(self, name: str) -> str | None:
        """The known table that a name in SQL means."""
        lowered = name.lower().removeprefix(_PUBLIC)
        found = self._by_lower.get(lowered) or self._by_lower.get(f"{_PUBLIC}{lowered}")
        if found is None and "." in lowered:
            found = self._by_lower.get(lowered.rpartition(".")[2])
        return found

    def add_catalogue(self, catalogue: Catalogue) -> None:
        """Everything that DDL, a dump or a database says."""
        for table in catalogue.tables:
            self.add_table(table)
        for key in catalogue.foreign_keys:
            target = self.resolve(key.target_table) or key.target_table
            self._put(msgspec.structs.replace(key, table=self.resolve(key.table) or key.table, target_table=target))
        gone = set(catalogue.dropped)
        self.routines = [r for r in self.routines if (r.kind, r.name.lower()) not in gone] if gone else self.routines
        self.routines += catalogue.routines

    def models_of_libraries(self) -> dict[tuple[str, str], str]:
        """Models that libraries bring along, by the label of their application and their name in lower case -> table."""
        found = {}
        for name, table in self._library_tables.items():
            if table.cls is not None:
                label = table.cls.module.name.removesuffix(".models").rpartition(".")[2]
                found[label, table.cls.facts.name.lower()] = name
        return found

    def add_migrated(self, migrated: Migrated) -> None:
        """The tables that migrations leave, with columns and keys where nothing else declares them."""
        known = {name for name in migrated.tables if self._is_declared(name)}
        self._migrated.update(resolved for name in known if (resolved := self.resolve(name)) is not None)
        for name, (file, line) in sorted(migrated.tables.items()):
            if name in known:
                self.add(name, "", "migration", file, line)
                continue
            columns = tuple(migrated.columns.get(name, {}).values())
            table = Table(
                name=name,
                model="",
                source="migration",
                file=file,
                line=line,
                columns=columns,
                known_from=("migration",),
            )
            self.add_table(table)
        for name, index in migrated.indexes:
            found = self.tables.get(self.resolve(name) or "")
            there = {column.name.lower() for column in found.columns} if found is not None else set()
            if found is not None and there and there.issuperset(column.lower() for column in index.columns):
                self.add_table(Table(found.name, "", "migration", index.file, index.line, indexes=(index,)))
        # What a class points to may be computed; what its migration points to is not.
        keyed = {(key.table, key.columns) for key in self.keys.values()}
        for key in migrated.keys:
            if key.table not in known or (self.resolve(key.table), key.columns) not in keyed:
                target = self.resolve(key.target_table) or key.target_table
                self._put(msgspec.structs.replace(key, table=self.resolve(key.table) or key.table, target_table=target))

    def add_targets(self) -> None:
        """What a key points to is a table, though nothing else may tell of it."""
        for key in list(self.keys.values()):
            by_code = key.source not in DATABASE_SOURCES
            if by_code and key.target_table and self.resolve(key.target_table) is None:
                self.add(key.target_table, "", key.source, key.file, key.line)

    def _is_declared(self, name: str) -> bool:
        """Whether a class, a table object or DDL of the code tells the columns of a table."""
        table = self.said_by_code.get(self.resolve(name) or "")
        return table is not None and bool(table.columns or table.model)

    def _add_key(self, found: FoundKey) -> None:
        target = found.target
        if isinstance(target, Scope):
            name = self.table_of_class(target)
            if name is None:
                return
        else:
            name = self.resolve(target) or target
        if HOLE in found.table:
            return  # told where the table itself is declared
        if HOLE in name:
            self._put_together(f"the table that {found.table} points to", name, "", found.file, found.line)
            return
        table = self.resolve(found.table) or found.table
        known = self.tables.get(table)
        source: TableSource = known.source if known is not None else "model"
        self._put(
            ForeignKey(
                table=table, columns=found.columns, target_table=name, target_columns=found.target_columns,
                on_delete=found.on_delete, file=found.file, line=found.line, source=source, enforced=found.enforced,
                known_from=(source,),
            )
        )  # fmt: skip

    def _put(self, key: ForeignKey) -> None:
        self._touch(key.target_table)
        place = (key.table, tuple(column.lower() for column in key.columns), key.target_table)
        known = self.keys.get(place)
        self.keys[place] = key if known is None else merged_keys(known, key)

    def _touch(self, name: str) -> None:
        """A library's table becomes part of the schema when it is used."""
        found = self._library_tables.get(name)
        if found is not None and name not in self.tables:
            brought_by = found.cls.module.name.partition(".models")[0] if found.cls is not None else ""
            table = Table(
                name=name, model="", source="model", file="", line=0, known_from=("model",), package=brought_by,
                each_has_its_own=found.cls is not None and _EACH_HAS_ITS_OWN in found.cls.facts.names,
            )  # fmt: skip
            self.tables[name] = self.said_by_code[name] = table
            self._by_lower[name.lower()] = name

    def finished_tables(self) -> tuple[Table, ...]:
        """All tables by name, their key columns with the types of what they point to, views with the names that are known."""
        types = {(t.name, c.name.lower()): c.sql_type for t in self._library_tables.values() for c in t.columns}
        types |= {(t.name, c.name.lower()): c.sql_type for t in self.tables.values() for c in t.columns if c.sql_type}
        pointing = {
            (key.table, key.columns[0].lower()): (key.target_table, key.target_columns[0].lower())
            for key in self.keys.values()
            if len(key.columns) == 1 and len(key.target_columns) == 1
        }
        return tuple(
            msgspec.structs.replace(
                table,
                columns=tuple(_typed(table.name, column, types, pointing) for column in table.columns),
                reads=tuple(dict.fromkeys(self.resolve(name) or name for name in table.reads)),
                each_has_its_own=table.each_has_its_own or keeps_migrations(table.name),
            )
            for _, table in sorted(self.tables.items())
        )

    def finished_routines(self) -> tuple[Routine, ...]:
        """Triggers, functions and procedures, each once, with the names of tables that are known."""
        return known_routines(self.routines, self.resolve)

    def supposed(self) -> dict[str, str]:
        """The tables that are there only if a class is what it is taken for, each with the reason; not those that a migration makes."""
        found = {}
        supposed = self.linked.engine.supposed
        for index, name in self._of_class.items() if supposed else ():
            cls = self.linked.program.scopes[index]
            above = (c for c in self.linked.hierarchy.order(cls) if c.index in supposed)
            # That a package's table is called as usual says nothing of the tables of those derived from its class.
            why = next(
                (supposed[c.index] for c in above if c is cls or not (c.library and "__tablename__" in c.facts.names)),
                "",
            )
            if why and name not in self._migrated:
                found[name] = why
        return found

    def table_of_class(self, cls: Scope) -> str | None:
        """The table that instances of a class are stored in; one of a library's is used from now on."""
        name = self.table_meant(cls)
        if name is not None:
            self._touch(name)
        return name

    def table_of(self, thing: Scope | str) -> str | None:
        """The table of a class, or of a name."""
        if isinstance(thing, Scope):
            return self.table_of_class(thing)
        self._touch(thing)
        return self.resolve(thing)

    def table_meant(self, cls: Scope) -> str | None:
        """The table that instances of a class are stored in."""
        own = self._of_class.get(cls.index)
        if own is not None:
            return own
        for candidate in (mapped_class(self.linked, cls), *self.linked.hierarchy.order(cls)[1:]):
            name = self._of_class.get(candidate.index)
            if name is not None:
                return name
        return None

    def is_every_table(self, value: Value) -> bool:
        """Whether a value stands for all tables there are."""
        description = self.linked.values[value]
        return description[0] == "I" and bool(self.linked.program.scopes[description[1]].definition == EVERY_TABLE)

    def tables_of_value(self, value: Value, depth: int = 0) -> list[str]:
        """The tables behind a value that a library reads or writes: an entity, a table, or a container of them."""
        description = self.linked.values[value]
        if description[0] == "D":
            name = self.table_of(description[1])
            return [name] if name is not None else []
        if description[0] not in ("I", "C") or depth > _MAX_DEPTH:
            return []
        cls = self.linked.program.scopes[description[1]]
        name = self.table_of_class(cls)
        if name is not None:
            return [name]
        if cls.definition == EVERY_TABLE:
            return sorted(self.tables)
        if cls.library:
            return [
                t for argument in description[2] for inner in argument for t in self.tables_of_value(inner, depth + 1)
            ]
        return []


def _typed(
    table: str, column: Column, types: dict[tuple[str, str], str], pointing: dict[tuple[str, str], tuple[str, str]]
) -> Column:
    """A column whose type the code does not tell has that of the column it points to."""
    place = (table, column.name.lower())
    seen = {place}
    while column.sql_type == "" and place in pointing and pointing[place] not in seen:
        place = pointing[place]
        seen.add(place)
        if place in types:
            return msgspec.structs.replace(column, sql_type=types[place])
    return column
