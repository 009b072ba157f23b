"""Migrations that make the models follow: operations for Django, a script for Alembic. The rows move by the SQL beside them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from decompose.database.ddl.postgres import file_name
from decompose.database.places import Places
from decompose.database.split import DatabaseSplit
from decompose.system.model import Column, ForeignKey


def uses(places: Places, package: str) -> bool:
    """Whether any module of the application imports a package."""
    return any(package in packages for packages in places.system.surroundings.packages.values())


def django_migrations(places: Places, database: DatabaseSplit, order: Sequence[str]) -> dict[str, str]:
    """For each service a module with the operations; each is to be put into a migration of the app that it names."""
    label_of = {t.name: t.model.partition(":")[0].split(".") for t in places.system.tables if t.model}
    files: dict[str, str] = {}
    for service in order:
        cut = [c for c in database.cut_foreign_keys if c.service == service and places.tables[c.key.table].model]
        owned = next((s.tables for s in places.split.services if s.name == service), ())
        models = [places.tables[name] for name in owned if name in places.tables and places.tables[name].model]
        if not models:
            continue
        by_app: dict[str, list[str]] = defaultdict(list)
        for c in cut:
            table = places.tables[c.key.table]
            column = c.key.columns[0]
            attribute = column.removesuffix("_id")
            by_app[_app(label_of[table.name])].append(
                "    # The key becomes a plain identifier; the column, its name and its index stay as they are.\n"
                "    migrations.SeparateDatabaseAndState(\n"
                "        database_operations=[],  # the constraint is dropped by 1-schema-per-service, 2-move.sql\n"
                "        state_operations=[\n"
                f"            migrations.RemoveField(model_name={_class(table.model).lower()!r}, name={attribute!r}),\n"
                f"            migrations.AddField(model_name={_class(table.model).lower()!r}, name={column!r},\n"
                f"                field=models.{_field(places, c.key)}db_column={column!r}, db_index=True, null={_nullable(table.columns, column)})),\n"
                "        ],\n"
                "    ),\n"
            )
        leaving: dict[str, list[str]] = defaultdict(list)
        for table in models:
            leaving[_app(label_of[table.name])].append(
                "    # In the monolith, once the service owns the rows: the model goes, the table is not touched.\n"
                "    migrations.SeparateDatabaseAndState(\n"
                "        database_operations=[],\n"
                f"        state_operations=[migrations.DeleteModel(name={_class(table.model)!r})],\n"
                "    ),\n"
            )
        text = f'"""What the models do when {_plain(service)} leaves the monolith. Put each list into a migration of its app."""\n\n'
        text += "from django.db import migrations, models\n\n"
        text += "# First stage: keys to other services become plain identifiers.\nCUT_KEYS = {\n"
        text += "".join(
            f"    {app!r}: [\n{_indented(operations)}    ],\n" for app, operations in sorted(by_app.items())
        )
        text += "}\n\n# Last step: the models leave the monolith.\nMODELS_LEAVE = {\n"
        text += "".join(
            f"    {app!r}: [\n{_indented(operations)}    ],\n" for app, operations in sorted(leaving.items())
        )
        files[f"django/{file_name(service).replace('-', '_').replace('.', '_')}.py"] = text + "}\n"
    return files


def alembic_scripts(places: Places, order: Sequence[str]) -> dict[str, str]:
    """For each service a revision that runs the first stage; the second runs between databases, outside of Alembic."""
    files: dict[str, str] = {}
    for number, service in enumerate(order, 1):
        owned = next((s.tables for s in places.split.services if s.name == service), ())
        tables = sorted(name.rpartition(".")[2] for name in owned)
        if not tables:
            continue
        revision = f"decompose_{number:02}"
        text = f'''"""The tables of {_plain(service)} move into a schema of their own; see 1-schema-per-service.

Run 0-functions.sql and 0-split.sql before. Set down_revision to the head of your history.
"""

import sqlalchemy as sa
from alembic import op

revision = {revision!r}
down_revision = {f"decompose_{number - 1:02}" if number > 1 else None!r}
branch_labels = None
depends_on = None

SERVICE = {service!r}
TABLES = {tables!r}


def upgrade():
    op.execute(sa.schema.CreateSchema(SERVICE, if_not_exists=True))
    bind = op.get_bind()
    bind.execute(sa.text("SELECT decompose_move.cut_keys(:service)"), {{"service": SERVICE}})
    for table in TABLES:
        bind.execute(sa.text("SELECT decompose_move.move_table(:service, :name)"), {{"service": SERVICE, "name": table}})


def downgrade():
    bind = op.get_bind()
    for table in reversed(TABLES):
        bind.execute(sa.text("SELECT decompose_move.move_table_back(:service, :name)"), {{"service": SERVICE, "name": table}})
    bind.execute(sa.text("SELECT decompose_move.restore_keys(:service, false)"), {{"service": SERVICE}})
'''
        files[f"alembic/{revision}_{file_name(service).replace('-', '_').replace('.', '_')}.py"] = text
    return files


def _app(module: list[str]) -> str:
    """The label of the app that a model's module is in: the package above ``models``."""
    names = module[: module.index("models")] if "models" in module else module[:-1]
    return names[-1] if names else module[0]


def _class(model: str) -> str:
    return model.rpartition(":")[2]


def _field(places: Places, key: ForeignKey) -> str:
    """The start of a field that holds identifiers of the table that a key points to."""
    target = places.tables.get(key.target_table)
    wanted = key.target_columns[0] if key.target_columns else ""
    columns = target.columns if target is not None else ()
    column = next((c for c in columns if c.name == wanted), None) or next((c for c in columns if c.primary_key), None)
    if column is None:
        return "BigIntegerField("
    declared = f"{column.type} {column.sql_type}".lower()
    if "char" in declared or "text" in declared or "slug" in declared:
        length = re.search(r"\((\d+)\)", declared)
        return f"CharField(max_length={length.group(1) if length else 255}, "
    return "UUIDField(" if "uuid" in declared else "BigIntegerField("


def _nullable(columns: Sequence[Column], name: str) -> bool:
    return any(c.name == name and c.nullable is not False for c in columns)


def _indented(operations: Sequence[str]) -> str:
    return "".join("    " + line + "\n" for operation in operations for line in operation.splitlines())


def _plain(text: str) -> str:
    """A name as it may stand in a docstring."""
    return "".join(c for c in text if c.isalnum() or c in " -_.")
