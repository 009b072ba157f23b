"""Rows that come from fixtures, and commands of Django's own that write to all tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

NAMES = [f"Kind{number}" for number in range(8)]
FILES: dict[str, str | bytes] = {
    "shop/__init__.py": "",
    "shop/models.py": "from django.db import models\nclass Order(models.Model): pass\nclass Line(models.Model): pass\n"
    "class Note(models.Model):\n    model = models.CharField(max_length=9)\n"
    + "".join(f"class {name}(models.Model): pass\n" for name in NAMES),
    "shop/fixtures/start.json": """
        [{"model": "shop.order", "pk": 1, "fields": {}}, {"model": "shop.Line", "pk": 1, "fields": {}},
         {"model": "gone.thing", "pk": 1, "fields": {}}]""",
    "shop/fixtures/more.yaml": "- model: shop.note\n  pk: 1\n  fields: {model: x}\n",
    "shop/fixtures/old.xml": '<django-objects version="1.0"><object model="shop.order" pk="1"></object></django-objects>',
    "shop/fixtures/all.json": "[" + ",".join(f'{{"model": "shop.{name.lower()}"}}' for name in NAMES) + "]",
    "shop/fixtures/broken.json": b'\xff\xfe{"model": "shop.order"',
    "secret.json": '[{"model": "shop.order"}]',
}

CASES = [
    pytest.param("'start'", {"order", "line"}, id="JSON"),
    pytest.param("'more.yaml'", {"note"}, id="YAML"),
    pytest.param("'old'", {"order"}, id="XML"),
    pytest.param("'start.json', 'more'", {"order", "line", "note"}, id="several"),
    pytest.param("'all'", {name.lower() for name in NAMES}, id="each of many"),
    pytest.param("'broken'", {"order"}, id="half a file"),
    pytest.param("'missing'", set(), id="a file that is not there"),
    pytest.param("'../secret.json'", set(), id="a way out of the folder"),
    pytest.param("name", set(), id="a name that only running tells"),
]


@pytest.mark.parametrize(("given", "models"), CASES)
def test_loaded_fixtures_are_written(draw: Draw, given: str, models: set[str]) -> None:
    code = f"from django.core.management import call_command\ndef f(name):\n    call_command('loaddata', {given})\n"
    app = draw({**FILES, "shop/m.py": code})
    assert {(o, table) for d, o, table in app.accesses() if d == "shop.m:f"} == {
        (operation, f"shop_{model}") for model in models for operation in ("insert", "update")
    }
    assert {a.rule.startswith("each of shop/fixtures/") for a in app.system.accesses} <= {True}


def test_flush_deletes_the_rows_of_all_models(draw: Draw) -> None:
    code = "from django.core import management\ndef f():\n    management.call_command('flush', interactive=False)\n"
    app = draw({**FILES, "shop/m.py": code})
    assert app.accesses() == {
        ("shop.m:f", "delete", f"shop_{name}") for name in ("order", "line", "note", *map(str.lower, NAMES))
    }


def test_the_command_itself_deletes_the_rows_of_every_table(draw: Draw) -> None:
    code = (
        "from django.core.management.commands.flush import Command\ndef f():\n    Command().handle(interactive=False)\n"
    )
    app = draw({**FILES, "shop/m.py": code})
    guessed = {(a.operation, a.table) for a in app.system.alternatives if a.definition == "shop.m:f"}
    assert guessed == {("delete", f"shop_{name}") for name in ("order", "line", "note", *map(str.lower, NAMES))}
