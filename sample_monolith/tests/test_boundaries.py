"""boundaries.csv names every unit and every table of the shop, once, and nothing else."""

import ast
import csv
from pathlib import Path

import shop.models  # noqa: F401 - registers the tables
from shop.db import Base

ROOT = Path(__file__).resolve().parent.parent
SERVICES = {
    "accounts",
    "backoffice",
    "catalogue",
    "inventory",
    "notifications",
    "ordering",
    "payments",
    "shared",
    "shipping",
}
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def read_rows():
    with open(ROOT / "boundaries.csv", newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def is_code(node):
    """A statement that runs on import and is more than an import, a docstring or a definition."""
    if isinstance(node, (ast.Import, ast.ImportFrom, *DEFINITIONS)):
        return False
    return not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def units():
    found = []
    for path in sorted((ROOT / "shop").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        statements = ast.parse(path.read_text(encoding="utf-8")).body
        if any(is_code(node) for node in statements):
            found.append(f"{module}:")
        found.extend(f"{module}:{node.name}" for node in statements if isinstance(node, DEFINITIONS))
    return found


def test_every_unit_and_table_once():
    named = [row["id"] for row in read_rows()]
    expected = units() + [f"table:{name}" for name in Base.metadata.tables]
    assert sorted(named) == sorted(expected)
    assert len(set(named)) == len(named)


def test_services_are_those_of_the_text():
    text = (ROOT / "BOUNDARIES.md").read_text(encoding="utf-8")
    assert {row["service"] for row in read_rows()} == SERVICES
    assert all(f"**{service}**" in text for service in SERVICES)


def test_the_shared_library_owns_no_table():
    tables = {row["id"]: row["service"] for row in read_rows() if row["id"].startswith("table:")}
    assert len(tables) == 30
    assert "shared" not in tables.values()


def test_models_are_where_their_tables_are():
    services = {row["id"]: row["service"] for row in read_rows()}
    for mapper in Base.registry.mappers:
        model = mapper.class_
        assert services[f"{model.__module__}:{model.__name__}"] == services[f"table:{model.__tablename__}"]
