"""The schema as migrations leave it: Django's operations and Alembic's, replayed in order from their facts."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from decompose.facts import HOLE, FileFacts, Op, ScopeFacts
from decompose.sources import SourceFile
from decompose.system.model import Column, ForeignKey
from decompose.system.schema.catalogue import Catalogue
from decompose.system.schema.ddl import read_ddl
from decompose.system.schema.migrated_columns import Calls, Declared
from decompose.system.schema.migration_order import Migration, in_order_of_dependencies, in_revision_order
from decompose.system.sql.reading import read_changes

_DJANGO = frozenset({
    "CreateModel", "DeleteModel", "RenameModel", "AlterModelTable", "RunSQL", "AddField", "AlterField", "RemoveField",
    "RenameField", "RunPython",
})  # fmt: skip
_ALEMBIC = frozenset({
    "create_table", "drop_table", "rename_table", "execute", "add_column", "drop_column", "alter_column",
    "create_foreign_key",
})  # fmt: skip
_RUN_SQL = frozenset({"RunSQL", "execute"})
_DEFINES = re.compile(r"\bCREATE\b.{0,60}\b(?:TABLE|VIEW|TRIGGER|FUNCTION|PROCEDURE)\b", re.IGNORECASE | re.DOTALL)
_DROPPED = re.compile(
    r"\bDROP\s+(?:MATERIALIZED\s+)?(?:VIEW|TRIGGER|FUNCTION)\s+(?:IF\s+EXISTS\s+)?[\"`]?(\w+)", re.IGNORECASE
)
_FORTH, _BACK = ("code", 0), ("reverse_code", 1)
_MAX_RENAMES = 20
_SEQUENCE = "_seq"
Place = tuple[str, int]
Model = tuple[str, str]
"""A model of Django: the label of its application, and its name in lower case."""


class Migrated(NamedTuple):
    """The schema after all migrations: table -> file and line of the migration that made it, its columns, and keys."""

    tables: dict[str, Place]
    columns: dict[str, dict[str, Column]]
    keys: list[ForeignKey]


def schema_of_migrations(
    files: Sequence[SourceFile],
    facts: Sequence[FileFacts],
    *,
    settings: Mapping[str, str],
    labels: Mapping[str, str],
    elsewhere: Mapping[Model, str],
) -> Migrated:
    """What exists after all of them.

    ``settings`` name the models that are to be swapped, such as ``AUTH_USER_MODEL``; ``labels``: package -> label of the
    app, where that is not the package's own name; ``elsewhere``: model of a library -> its table.
    """
    replay = _Replay(settings, labels, elsewhere)
    django: list[Migration] = []
    alembic: list[Migration] = []
    for file, file_facts in sorted(zip(files, facts, strict=True), key=lambda pair: pair[0].path):
        if not file_facts.scopes:
            continue
        if "revision" in file_facts.scopes[0].names and "down_revision" in file_facts.scopes[0].names:
            alembic.append((file, file_facts))
        else:
            django.append((file, file_facts))
    for file, file_facts in in_order_of_dependencies(django, replay.label_of):
        replay.django(file, file_facts)
    for file, file_facts in in_revision_order(alembic):
        replay.alembic(file, file_facts)
    return replay.finished()


def ddl_of_migrations(
    files: Sequence[SourceFile], facts: Sequence[FileFacts], tables: Collection[str]
) -> Iterator[Catalogue]:
    """What SQL in migrations defines beside whole tables: views, code in the database, and the columns of ``tables``.

    Views that later SQL drops are left out; every record has the line of the call.
    """
    found: dict[str, Catalogue] = {}
    for file, file_facts in sorted(zip(files, facts, strict=True), key=lambda pair: pair[0].path):
        back = {"downgrade"} | {name for s in file_facts.scopes for name in _run(s, _BACK)}
        for scope in file_facts.scopes:
            if scope.qualname in back:
                continue
            for name, operation in _calls(scope, _RUN_SQL):
                text = _text(_argument(operation, "sql" if name == "RunSQL" else "sqltext", 0))
                for dropped in _DROPPED.findall(text):
                    found.pop(dropped.lower(), None)
                if _DEFINES.search(text):
                    for catalogue in _placed(read_ddl(text, file.path, "migration"), operation[-1], tables):
                        found[(catalogue.tables or catalogue.routines)[0].name.lower()] = catalogue
    yield from found.values()


def _placed(catalogue: Catalogue, line: int, tables: Collection[str]) -> Iterator[Catalogue]:
    about = catalogue.about
    for table in catalogue.tables:
        if table.kind == "view" or table.name in tables:
            columns = tuple(msgspec.structs.replace(column, line=line) for column in table.columns)
            indexes = tuple(msgspec.structs.replace(index, line=line) for index in table.indexes)
            placed = msgspec.structs.replace(table, line=line, columns=columns, indexes=indexes)
            keys = tuple(
                msgspec.structs.replace(key, line=line) for key in catalogue.foreign_keys if key.table == table.name
            )
            yield Catalogue(about=about, tables=(placed,), foreign_keys=keys)
    for routine in catalogue.routines:
        yield Catalogue(about=about, routines=(msgspec.structs.replace(routine, line=line),))


def _calls(scope: ScopeFacts, names: frozenset[str]) -> Iterator[tuple[str, list[Any]]]:
    called = {operation[1]: operation[3] for operation in scope.ops if operation[0] == Op.ATTRIBUTE}
    called.update((operation[1], operation[4]) for operation in scope.ops if operation[0] == Op.FROM)
    for operation in scope.ops:
        if operation[0] == Op.CALL and called.get(operation[2]) in names:
            yield called[operation[2]], operation


def _argument(operation: list[Any], name: str, position: int) -> Any:
    for keyword, ref in operation[4]:
        if keyword == name:
            return ref
    return operation[3][position] if position < len(operation[3]) else None


def _text(given: Any) -> str:
    """SQL as it is given: one text, or a list of statements."""
    listed = given[1] if isinstance(given, list) and given[0] == "c" and isinstance(given[1], list) else [given]
    return ";\n".join(statement for statement in listed if isinstance(statement, str))


def _run(scope: ScopeFacts, place: tuple[str, int]) -> Iterator[str]:
    """The names of the functions that ``RunPython`` is given in one of its places."""
    for _, operation in _calls(scope, frozenset({"RunPython"})):
        yield from _named(scope, _argument(operation, *place))


def _named(scope: ScopeFacts, ref: Any) -> Iterator[str]:
    for operation in scope.ops if type(ref) is int else ():
        if operation[0] == Op.FREE and operation[1] == ref:
            yield operation[2]


class _Replay:
    """Tables with their columns, as far as the migrations have come."""

    def __init__(self, settings: Mapping[str, str], labels: Mapping[str, str], elsewhere: Mapping[Model, str]) -> None:
        self.settings = settings
        self.labels_of_packages = labels
        self.elsewhere = elsewhere
        self.renamed: dict[Model, Model] = {}
        self.tables: dict[str, Place] = {}
        self.names: dict[Model, str] = {}
        """The tables of Django's models so far, by label and lower-case name."""
        self.columns: dict[str, dict[str, Column]] = {}
        self.fields: dict[str, dict[str, Declared]] = {}
        """Table -> Django's fields by their names."""
        self.labels: dict[str, str] = {}
        self.keys: dict[tuple[str, tuple[str, ...]], ForeignKey] = {}

    def finished(self) -> Migrated:
        """The columns of tables; of Django's from their fields, as many-to-many fields are tables of their own."""
        for table, fields in self.fields.items():
            for name, declared in fields.items():
                target = self._table_of(declared.target, self.labels.get(table, "")) if declared.target else ""
                if declared.many:
                    self._between(table, name, declared, target)
                    continue
                self.columns.setdefault(table, {})[declared.column.name] = declared.column
                if target:
                    self._key(table, declared.column.name, target, declared.on_delete, declared.column)
        for table in [name for name in self.tables if HOLE in name]:
            # Made in a loop over names: models or other migrations tell of them, or nothing does.
            self._drop(table)
        keys = [key for (table, _), key in self.keys.items() if table in self.tables]
        return Migrated(self.tables, self.columns, keys)

    def _table_of(self, model: str, label: str) -> str:
        """The table of a model that a migration names."""
        named = self.settings.get(model, model)
        app, _, name = named.rpartition(".")
        key = (app or label, name.lower())
        for _ in range(_MAX_RENAMES):
            if key in self.names or key not in self.renamed:
                break
            key = self.renamed[key]
        return self.names.get(key) or self.elsewhere.get(key) or "_".join(key)

    def _key(self, table: str, column: str, target: str, on_delete: str, seen: Column) -> None:
        self.keys[table, (column,)] = ForeignKey(
            table=table, columns=(column,), target_table=target, target_columns=("id",), on_delete=on_delete,
            file=seen.file, line=seen.line, source="migration", known_from=("migration",),
        )  # fmt: skip

    def _between(self, table: str, name: str, declared: Declared, target: str) -> None:
        given = declared.column.name
        between = f"{table}_{name}" if given == name else given
        own, other = (part.rpartition("_")[2] for part in (table, target))
        names = (f"{own}_id", f"{other}_id") if own != other else (f"from_{own}_id", f"to_{other}_id")
        seen = declared.column
        self.tables.setdefault(between, (seen.file, seen.line))
        made = {n: msgspec.structs.replace(seen, name=n, type="ForeignKey", sql_type="", nullable=False) for n in names}
        self.columns[between] = made
        for column, pointed in zip(names, (table, target), strict=True):
            self._key(between, column, pointed, "CASCADE", seen)

    def label_of(self, file: SourceFile) -> str:
        """The label of the application that a migration of Django is in."""
        parts = file.module.split(".")
        package = parts[: parts.index("migrations")] if "migrations" in parts[1:] else parts[:1]
        return self.labels_of_packages.get(".".join(package), package[-1])

    def django(self, file: SourceFile, facts: FileFacts) -> None:
        """The operations of one migration of Django."""
        label = self.label_of(file)
        for scope in facts.scopes:
            calls = Calls(scope, file.path)
            for name, operation in _calls(scope, _DJANGO):
                place = (file.path, operation[-1])
                if name == "RunSQL":
                    self._sql(_text(_argument(operation, "sql", 0)), place)
                elif name == "RunPython":
                    self._code(facts, set(_named(scope, _argument(operation, *_FORTH))), file.path)
                elif name.endswith("Field"):
                    self._django_field(name, calls, operation, label)
                else:
                    self._django_model(name, scope, calls, operation, label, place)

    def _django_field(self, name: str, calls: Calls, operation: list[Any], label: str) -> None:
        model = calls.keyword(operation, "model_name", 0)
        field = calls.keyword(operation, "old_name" if name == "RenameField" else "name", 1)
        if not isinstance(model, str) or not isinstance(field, str):
            return
        fields = self.fields.setdefault(self.names.get((label, model.lower()), f"{label}_{model.lower()}"), {})
        if name in ("AddField", "AlterField"):
            declared = calls.field(field, calls.argument(operation, "field", 2))
            if declared is not None:
                fields[field] = declared
        elif name == "RemoveField":
            fields.pop(field, None)
        elif name == "RenameField":
            new = calls.keyword(operation, "new_name", 2)
            before = fields.pop(field, None)
            if isinstance(new, str) and before is not None:
                column = before.column.name
                renamed = f"{new}_id" if column == f"{field}_id" else new if column == field else column
                fields[new] = before._replace(column=msgspec.structs.replace(before.column, name=renamed))

    def _django_model(
        self, name: str, scope: ScopeFacts, calls: Calls, operation: list[Any], label: str, place: Place
    ) -> None:
        model = _argument(operation, "old_name" if name == "RenameModel" else "name", 0)
        if not isinstance(model, str):
            return
        key = (label, model.lower())
        default = f"{label}_{model.lower()}"
        if name == "CreateModel":
            options = _argument(operation, "options", 2)
            constant = isinstance(options, list) and isinstance(options[1], dict)
            plain = options[1] if constant else _options(scope, options)
            if plain.get("proxy") is True:
                return
            given = plain.get("db_table")
            self.names[key] = table = given if isinstance(given, str) else default
            self.tables[table] = place
            self.fields[table] = dict(calls.fields(_argument(operation, "fields", 1)))
            self.labels[table] = label
        elif name == "DeleteModel":
            self._drop(self.names.pop(key, default))
        elif name == "RenameModel":
            new = _argument(operation, "new_name", 1)
            if isinstance(new, str):
                old = self.names.pop(key, default)
                self.renamed[key] = (label, new.lower())
                self.names[label, new.lower()] = table = f"{label}_{new.lower()}" if old == default else old
                self._rename(old, table, place)
        elif name == "AlterModelTable":
            given = _argument(operation, "table", 1)
            given = default if given == ["c", None] else given
            if isinstance(given, str):
                self._rename(self.names.get(key, default), given, place)
                self.names[key] = given

    def _drop(self, table: str) -> None:
        for known in (self.tables, self.columns, self.fields, self.labels):
            known.pop(table, None)
        self.keys = {place: key for place, key in self.keys.items() if place[0] != table}

    def _rename(self, old: str, new: str, place: Place) -> None:
        before = self.tables.pop(old, None)
        self.tables[new] = place if before is None or new != old else before
        if new == old:
            return
        if old in self.columns:
            self.columns[new] = self.columns.pop(old)
        if old in self.fields:
            self.fields[new] = self.fields.pop(old)
        if old in self.labels:
            self.labels[new] = self.labels.pop(old)
        self.keys = {
            (new if table == old else table, columns): msgspec.structs.replace(key, table=new) if table == old else key
            for (table, columns), key in self.keys.items()
        }

    def _code(self, facts: FileFacts, names: set[str], path: str) -> None:
        """What the functions of these names execute."""
        for scope in facts.scopes:
            for _, operation in _calls(scope, frozenset({"execute"})) if scope.qualname in names else ():
                self._sql(_text(_argument(operation, "sql", 0)), (path, operation[-1]))

    def _sql(self, text: str, place: Place) -> None:
        """DDL in a migration: tables made, renamed and dropped."""
        for operation, name, new in read_changes(text) if text else ():
            if operation == "create":
                self.tables.setdefault(name, place)
            elif operation == "rename":
                # PostgreSQL renames sequences by the same words; those of serial columns are ``table_column_seq``.
                if name in self.tables or not (name.endswith(_SEQUENCE) and new.endswith(_SEQUENCE)):
                    self._rename(name, new, place)
            else:
                self._drop(name)

    def alembic(self, file: SourceFile, facts: FileFacts) -> None:
        """The operations of one migration of Alembic."""
        for scope in facts.scopes:
            if scope.name == "downgrade" or re.match(r"downgrade", scope.qualname):
                continue
            calls = Calls(scope, file.path)
            for name, operation in _calls(scope, _ALEMBIC):
                if name == "execute":
                    self._sql(_text(_argument(operation, "sqltext", 0)), (file.path, operation[-1]))
                    continue
                inside = calls.batch_table(operation[2])
                shift = 1 if inside else 0
                named = "constraint_name" if name == "create_foreign_key" else "table_name"
                table = inside or calls.keyword(
                    operation, "source_table" if named != "table_name" else named, 1 if named != "table_name" else 0
                )
                if isinstance(table, str):
                    self._alembic(name, calls, operation, table, shift, (file.path, operation[-1]))

    def _alembic(self, name: str, calls: Calls, operation: list[Any], table: str, shift: int, place: Place) -> None:
        """One operation on a table; ``shift``: so many arguments are left out inside of a batch."""
        columns = self.columns.setdefault(table, {})
        if name == "create_table":
            self._drop(table)
            self.tables[table] = place
            found, keys = calls.columns(operation[3][1:], table)
            self.columns[table] = {column.name: column for column in found}
            self.keys.update({(table, key.columns): key for key in keys})
        elif name == "drop_table":
            self._drop(table)
        elif name == "rename_table":
            new = _argument(operation, "new_table_name", 1)
            if isinstance(new, str):
                self._rename(table, new, place)
        elif name == "add_column":
            call = calls.call(calls.argument(operation, "column", 1 - shift))
            column, keys = calls.column(call, table) if call is not None else (None, [])
            if column is not None:
                columns[column.name] = column
                self.keys.update({(table, key.columns): key for key in keys})
        elif name == "drop_column":
            columns.pop(str(calls.keyword(operation, "column_name", 1 - shift)), None)
        elif name == "alter_column":
            self._alter_column(calls, operation, columns, 1 - shift)
        elif name == "create_foreign_key":
            target = calls.keyword(operation, "referent_table", 2 - shift)
            pointed = calls.keyword(operation, "remote_cols", 4 - shift)
            targets = [f"{target}.{p}" for p in pointed] if isinstance(pointed, list) else None
            own = calls.keyword(operation, "local_cols", 3 - shift)
            key = calls.key(table, own, targets, calls.keyword(operation, "ondelete"), operation[-1])
            if key is not None and isinstance(target, str):
                self.keys[table, key.columns] = key

    def _alter_column(self, calls: Calls, operation: list[Any], columns: dict[str, Column], position: int) -> None:
        name = calls.keyword(operation, "column_name", position)
        known = columns.get(name) if isinstance(name, str) else None
        if known is None:
            return
        nullable, new = calls.keyword(operation, "nullable"), calls.keyword(operation, "new_column_name")
        if isinstance(nullable, bool):
            known = msgspec.structs.replace(known, nullable=nullable)
        if isinstance(new, str):
            del columns[known.name]
            known = msgspec.structs.replace(known, name=new)
        columns[known.name] = known


def _options(scope: ScopeFacts, ref: Any) -> dict[str, Any]:
    """The constant entries of a dictionary that is not constant as a whole."""
    for operation in scope.ops:
        if operation[0] == Op.CONTAINER and operation[1] == ref and operation[4] is not None:
            pairs = zip(operation[4], operation[3], strict=True)
            return {
                key: value[1] if isinstance(value, list) else value
                for key, value in pairs
                if isinstance(key, str) and isinstance(value, str | list)
            }
    return {}
