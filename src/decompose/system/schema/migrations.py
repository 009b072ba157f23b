"""The schema as migrations leave it: Django's operations, Alembic's and SQL, replayed in order from their facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from decompose.facts import HOLE, FileFacts, Op, ScopeFacts
from decompose.sources import SourceFile
from decompose.system.model import Column, ForeignKey, Index
from decompose.system.schema.alembic_operations import replay_alembic
from decompose.system.schema.migrated_columns import Calls, Declared
from decompose.system.schema.migrated_tables import MigratedTables, Place
from decompose.system.schema.migration_calls import FORTH, argument, calls_named, functions_named, sql_text
from decompose.system.schema.migration_order import Migration, in_order_of_dependencies, in_revision_order

_DJANGO = frozenset({
    "CreateModel", "DeleteModel", "RenameModel", "AlterModelTable", "RunSQL", "AddField", "AlterField", "RemoveField",
    "RenameField", "RunPython", "sql",
})  # fmt: skip
"""``migrator.sql`` is peewee_migrate's."""

_PEEWEE_BACK = "rollback"
_MAX_RENAMES = 20
Model = tuple[str, str]
"""A model of Django: the label of its application, and its name in lower case."""


class Migrated(NamedTuple):
    """The schema after all migrations: table -> file and line of the migration that made it, its columns, and keys.

    ``indexes``: those that SQL and Alembic's operations make, each with its table.
    """

    tables: dict[str, Place]
    columns: dict[str, dict[str, Column]]
    keys: list[ForeignKey]
    indexes: list[tuple[str, Index]]


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
        replay_alembic(replay, file, file_facts)
    return replay.finished()


class _Replay(MigratedTables):
    """The tables, as Django's operations change them."""

    def __init__(self, settings: Mapping[str, str], labels: Mapping[str, str], elsewhere: Mapping[Model, str]) -> None:
        super().__init__()
        self.settings = settings
        self.labels_of_packages = labels
        self.elsewhere = elsewhere
        self.renamed: dict[Model, Model] = {}
        self.names: dict[Model, str] = {}
        """The tables of Django's models so far, by label and lower-case name."""

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
            self.drop(table)
        keys = [key for (table, _), key in self.keys.items() if table in self.tables]
        return Migrated(self.tables, self.columns, keys, list(self.indexes.made.values()))

    def _table_of(self, model: str, label: str) -> str:
        """The table of a model that a migration names."""
        named = self.settings.get(model) or self._swappable(model)
        app, _, name = named.rpartition(".")
        key = (app or label, name.lower())
        for _ in range(_MAX_RENAMES):
            if key in self.names or key not in self.renamed:
                break
            key = self.renamed[key]
        return (self.names.get(key) or self.elsewhere.get(key) or "_".join(key)) if name else ""

    def _swappable(self, name: str) -> str:
        """What is not set is the model that the setting is named after, ``SHOP_ORDER_MODEL``; nothing if there is none."""
        if not name.isupper():
            return name
        swapped = [model for model in self.names if "_".join((*model, "model")).upper() == name]
        return ".".join(swapped[0]) if len(swapped) == 1 else ""

    def _key(self, table: str, column: str, target: str, on_delete: str, seen: Column) -> None:
        self.keys[table, (column,)] = ForeignKey(
            table=table, columns=(column,), target_table=target, target_columns=("id",), on_delete=on_delete,
            file=seen.file, line=seen.line, source="migration", known_from=("migration",),
        )  # fmt: skip

    def _between(self, table: str, name: str, declared: Declared, target: str) -> None:
        given = declared.column.name
        between = f"{table}_{name}" if given == name else given
        own, other = (part.rpartition("_")[2] for part in (table, target or name))
        names = (f"{own}_id", f"{other}_id") if own != other else (f"from_{own}_id", f"to_{other}_id")
        seen = declared.column
        self.tables.setdefault(between, (seen.file, seen.line))
        made = {n: msgspec.structs.replace(seen, name=n, type="ForeignKey", sql_type="", nullable=False) for n in names}
        self.columns[between] = made
        for column, pointed in zip(names, (table, target), strict=True):
            if pointed:
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
            for name, operation in calls_named(scope, _DJANGO):
                place = (file.path, operation[-1])
                if name in ("RunSQL", "sql"):
                    if scope.qualname != _PEEWEE_BACK:
                        self.run_sql(sql_text(argument(operation, "sql", 0)), place)
                elif name == "RunPython":
                    self._code(facts, set(functions_named(scope, argument(operation, *FORTH))), file.path)
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
            declared = calls.field(field, argument(operation, "field", 2))
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
        model = argument(operation, "old_name" if name == "RenameModel" else "name", 0)
        if not isinstance(model, str):
            return
        key = (label, model.lower())
        default = f"{label}_{model.lower()}"
        if name == "CreateModel":
            options = argument(operation, "options", 2)
            constant = isinstance(options, list) and isinstance(options[1], dict)
            plain = options[1] if constant else _options(scope, options)
            if plain.get("proxy") is True:
                return
            given = plain.get("db_table")
            self.names[key] = table = given if isinstance(given, str) else default
            self.tables[table] = place
            self.fields[table] = dict(calls.fields(argument(operation, "fields", 1)))
            self.labels[table] = label
        elif name == "DeleteModel":
            self.drop(self.names.pop(key, default))
        elif name == "RenameModel":
            new = argument(operation, "new_name", 1)
            if isinstance(new, str):
                old = self.names.pop(key, default)
                self.renamed[key] = (label, new.lower())
                self.names[label, new.lower()] = table = f"{label}_{new.lower()}" if old == default else old
                self.rename(old, table, place)
        elif name == "AlterModelTable":
            given = argument(operation, "table", 1)
            given = default if given == ["c", None] else given
            if isinstance(given, str):
                self.rename(self.names.get(key, default), given, place)
                self.names[key] = given

    def _code(self, facts: FileFacts, names: set[str], path: str) -> None:
        """What the functions of these names execute."""
        for scope in facts.scopes:
            for _, operation in calls_named(scope, frozenset({"execute"})) if scope.qualname in names else ():
                self.run_sql(sql_text(argument(operation, "sql", 0)), (path, operation[-1]))


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
