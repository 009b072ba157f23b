"""Operations of Django migrations that make the models follow; the rows move by the SQL beside them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from decompose.database.ddl.alembic import plain
from decompose.database.ddl.postgres import file_name
from decompose.database.ddl.schema import owned_tables
from decompose.database.places import Places
from decompose.database.split import CutForeignKey, DatabaseSplit
from decompose.system.model import ForeignKey, Index, Table

_FIELD = re.compile(r"(\w+)\s*(?::[^=]+)?=[^=]")
_LENGTH = re.compile(r"\((\d+)\)")
_WHOLE = "            "


def django_migrations(places: Places, database: DatabaseSplit, order: Sequence[str]) -> dict[str, str]:
    """For each service a module with the operations; each list is to be put into a migration of the app that it names.

    A key is cut by the first of its two services that moves. Apps come in the order in which to migrate them: who points to
    others first.
    """
    files: dict[str, str] = {}
    done: set[tuple[str, tuple[str, ...]]] = set()
    through: dict[str, str] = {}
    for service in order:
        cut: dict[str, list[ForeignKey]] = defaultdict(list)
        for key in _keys_of(database.cut_foreign_keys, service):
            if (key.table, key.columns) not in done:
                done.add((key.table, key.columns))
                cut[key.table].append(key)
        by_app: dict[str, list[str]] = defaultdict(list)
        for of_table, keys in sorted(cut.items()):
            app, operations = _cut(places, places.tables[of_table], keys, through)
            if app:
                by_app[app].append(operations)
        leaving: dict[str, list[str]] = defaultdict(list)
        for name in reversed(owned_tables(places, service)):
            table = places.tables[name]
            made = through.get(name) or (f"{_label(table)}.{_class(table.model)}" if table.model else "")
            if made:
                app, _, model = made.rpartition(".")
                leaving[app].append(_state_only([f"migrations.DeleteModel(name={model!r})"]))
        if not leaving and not by_app:
            continue
        text = f'"""What the models do when {plain(service)} leaves the monolith.\n\nPut each list into a migration of its app, in this order of apps; nothing touches the database."""\n\n'
        text += "from django.db import migrations, models\n\n"
        text += "# First stage: keys to and from other services become plain identifiers. Change the models likewise.\n"
        text += _lists("CUT_KEYS", by_app)
        text += "\n# Last step, in the monolith, once the service owns the rows: the models go, the tables are not touched.\n"
        files[f"django/{file_name(service).replace('-', '_').replace('.', '_')}.py"] = text + _lists(
            "MODELS_LEAVE", leaving
        )
    return files


def _keys_of(cut: Iterable[CutForeignKey], service: str) -> Iterator[ForeignKey]:
    return (c.key for c in cut if service in (c.service, c.target_service))


def _lists(name: str, by_app: Mapping[str, Sequence[str]]) -> str:
    lists = "".join(f"    {app!r}: [\n{''.join(operations)}    ],\n" for app, operations in by_app.items())
    return f"{name} = {{\n{lists}}}\n"


def _state_only(operations: Iterable[str], comment: str = "") -> str:
    listed = "".join(f"{_WHOLE}    {line}\n" for operation in operations for line in f"{operation},".splitlines())
    told = f"        # {comment}\n" if comment else ""
    return f"{told}        migrations.SeparateDatabaseAndState(\n{_WHOLE}state_operations=[\n{listed}{_WHOLE}],\n        ),\n"


def _cut(places: Places, table: Table, keys: Sequence[ForeignKey], through: dict[str, str]) -> tuple[str, str]:
    """The app, and the operations that make plain identifiers of keys of one table."""
    if not table.model:
        return _cut_many_to_many(places, table, keys, through)
    model = _class(table.model)
    parents = [key for key in keys if _is_parent_link(table, key)]
    plain_keys = [key for key in keys if key not in parents]
    told = "".join(
        f"        # {model} inherits the columns of {key.target_table}, which goes to another service: let the class stand by itself first.\n"
        for key in parents
    )
    if not plain_keys:
        return _label(table), told
    fields = _fields(places, table)
    renamed = {key.columns[0]: f"{fields[key.columns[0]]}_id" for key in plain_keys}
    touched = [
        index for index in table.indexes if renamed.keys() & set(index.columns) and (index.name or index.partial)
    ]
    whole = [index for index in touched if index.name and not index.partial]
    operations = [f"migrations.{_kind(i, 'Remove')}(model_name={model.lower()!r}, name={i.name!r})" for i in whole]
    for key in plain_keys:
        column = key.columns[0]
        old, new = fields[column], renamed[column]
        operations += [
            f"migrations.AlterField(model_name={model.lower()!r}, name={old!r}, field={_identifier(table, column, new)})",
            f"migrations.RenameField(model_name={model.lower()!r}, old_name={old!r}, new_name={new!r})",
        ]
    for index in whole:
        listed = [renamed.get(column) or fields[column] for column in index.columns]
        what = f"models.{'UniqueConstraint' if index.unique else 'Index'}(fields={listed!r}, name={index.name!r})"
        argument = "constraint" if index.unique else "index"
        operations.append(f"migrations.{_kind(index, 'Add')}(model_name={model.lower()!r}, {argument}={what})")
    partial = [index.name or ", ".join(index.columns) for index in touched if index not in whole]
    comment = "The columns, their names and their indexes stay as they are."
    if partial:
        comment += f" By hand, because of a condition: {', '.join(map(plain, partial))}."
    return _label(table), told + _state_only(operations, comment)


def _cut_many_to_many(
    places: Places, table: Table, keys: Sequence[ForeignKey], through: dict[str, str]
) -> tuple[str, str]:
    """A relation whose table Django made gets a model of its own, which keeps the key that is left."""
    own = [key for key in places.system.foreign_keys if key.table == table.name]
    owner = next((t for t in places.system.tables if t.model and table.name.startswith(f"{t.name}_")), None)
    field = _field_at(places, own[0]) if own else ""
    if owner is None or not field:
        return "", ""
    name = f"{_class(owner.model)}{''.join(part.capitalize() for part in field.split('_'))}"
    through[table.name] = f"{_label(owner)}.{name}"
    key_of = {key.columns[0]: key for key in own}
    fields, named = [], {}
    for column in table.columns:
        key = key_of.get(column.name)
        attribute = column.name.removesuffix("_id") if key is not None and key not in keys else column.name
        named[column.name] = attribute
        if column.primary_key:
            made = f"models.{'BigAutoField' if 'big' in column.sql_type else 'AutoField'}(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')"
        elif key is not None and key not in keys:
            target = places.tables[key.target_table]
            made = f"models.ForeignKey({f'{_label(target)}.{_class(target.model)}'!r}, on_delete=models.CASCADE)"
        else:
            made = _identifier(table, column.name, column.name)
        fields.append(f"    ({attribute!r}, {made})")
    together = [
        tuple(named[c] for c in index.columns) for index in table.indexes if index.unique and len(index.columns) > 1
    ]
    options = (
        f"{{'db_table': {table.name!r}, 'unique_together': {set(together)!r}}}"
        if together
        else f"{{'db_table': {table.name!r}}}"
    )
    listed = ",\n".join(fields)
    operations = [
        f"migrations.RemoveField(model_name={_class(owner.model).lower()!r}, name={field!r})",
        f"migrations.CreateModel(name={name!r}, fields=[\n{listed},\n], options={options})",
    ]
    return _label(owner), _state_only(
        operations, f"The many-to-many relation {plain(field)} spans services: its table gets a model."
    )


def _kind(index: Index, verb: str) -> str:
    return f"{verb}{'Constraint' if index.unique else 'Index'}"


def _fields(places: Places, table: Table) -> dict[str, str]:
    """Column -> the field that holds it; keys are named without the end of their column."""
    fields = {column.name: column.name for column in table.columns}
    for key in places.system.foreign_keys:
        if key.table == table.name:
            fields[key.columns[0]] = _field_at(places, key) or key.columns[0].removesuffix("_id")
    return fields


def _field_at(places: Places, key: ForeignKey) -> str:
    """The name of the field that declares a key, as its line says."""
    found = _FIELD.match(places.system.source_lines.get(key.file, {}).get(key.line, ""))
    return found.group(1) if found else ""


def _is_parent_link(table: Table, key: ForeignKey) -> bool:
    """Whether a key is that of a class to the one whose columns it inherits."""
    return any(column.primary_key and column.name in key.columns for column in table.columns)


def _identifier(table: Table, name: str, attribute: str) -> str:
    """A field that holds what a key held, in the same column."""
    column = next((c for c in table.columns if c.name == name), None)
    declared = column.sql_type.lower() if column is not None else ""
    length = _LENGTH.search(declared)
    if "char" in declared or "text" in declared:
        kind = f"CharField(max_length={length.group(1) if length else 255}, "
    elif "uuid" in declared:
        kind = "UUIDField("
    else:
        kind = "IntegerField(" if declared.startswith("int") else "BigIntegerField("
    single = [index for index in table.indexes if index.columns == (name,) and not index.partial]
    parts = ["unique=True"] if any(index.unique for index in single) else ["db_index=True"]
    if column is not None and column.nullable:
        parts.append("null=True")
    if attribute != name:
        parts.append(f"db_column={name!r}")
    return f"models.{kind}{', '.join(parts)})"


def _label(table: Table) -> str:
    """The label of the app of a model: what Django puts before the name of its table, or the package above ``models``."""
    label, _, rest = table.name.rpartition(f"_{_class(table.model).lower()}")
    if label and not rest:
        return label
    module = table.model.partition(":")[0].split(".")
    names = module[: module.index("models")] if "models" in module else module[:-1]
    return names[-1] if names else module[0]


def _class(model: str) -> str:
    return model.rpartition(":")[2]
