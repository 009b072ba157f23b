"""Migrations by Alembic that run the first stage of the move; the rows move by the SQL beside them."""

from __future__ import annotations

from collections.abc import Sequence

from decompose.database.ddl.postgres import file_name
from decompose.database.ddl.schema import owned_tables
from decompose.database.places import Places


def alembic_scripts(places: Places, order: Sequence[str]) -> dict[str, str]:
    """For each service a revision that runs the first stage; the second runs between databases, outside of Alembic."""
    files: dict[str, str] = {}
    for number, service in enumerate(order, 1):
        tables = sorted(name.rpartition(".")[2] for name in owned_tables(places, service))
        if not tables:
            continue
        revision = f"decompose_{number:02}"
        text = f'''"""The tables of {plain(service)} move into a schema of their own; see 1-schema-per-service.

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


def plain(text: str) -> str:
    """A name as it may stand in a docstring."""
    return "".join(c for c in text if c.isalnum() or c in " -_.")
