"""Code that nobody would write by hand: every analysis ends, and what was not followed is a named blind spot.

Each runs as a user runs it, in a process of its own. The limit of time is only there so that a hang fails.
"""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.applications import write_tree

_HANGS_AFTER = 900
GOOD = "def words():\n    return 1\n\n\ndef use():\n    return words()\n"

Rows = list[dict[str, str]]


class Ran:
    """An analysis that has ended, and what it says."""

    def __init__(self, tmp_path: Path, files: dict[str, str]) -> None:
        self.place = tmp_path
        base = write_tree(tmp_path / "tree", {"app/__init__.py": "", "app/good.py": GOOD, **files})
        self.stderr = self._run("analyze", str(base), "-o", str(tmp_path / "run"), "--no-cache", "--jobs", "1")[1]

    def _run(self, *arguments: str) -> tuple[str, str]:
        program = Path(sys.executable).with_name("decompose")
        done = subprocess.run(
            [program, *arguments],
            cwd=self.place,
            env={**os.environ, "DECOMPOSE_CACHE_DIR": str(self.place / "cache")},
            capture_output=True,
            text=True,
            timeout=_HANGS_AFTER,
            check=False,
        )
        assert "Traceback" not in done.stderr
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout, done.stderr

    def export(self, what: str) -> Rows:
        """Export rows of the run."""
        return list(csv.DictReader(io.StringIO(self._run("export", str(self.place / "run"), what)[0])))

    def calls(self) -> set[tuple[str, str]]:
        """(caller, callee)."""
        return {(row["caller"], row["callee"]) for row in self.export("calls")}

    def blind_spots(self) -> dict[str, str]:
        """Kind -> the first reason."""
        return {row["kind"]: row["reason"] for row in reversed(self.export("blind_spots"))}


def functions(count: int, body: str) -> str:
    """Write many functions; ``{i}`` in the body is the number."""
    return "".join(body.replace("{i}", str(i)) for i in range(count))


TABLES = [
    pytest.param(
        "TABLE = {}\n" + functions(10_000, "def f{i}(x):\n    return TABLE[x](x)\nTABLE['f{i}'] = f{i}\n"), id="stored"
    ),
    pytest.param(
        functions(4_000, "def f{i}(x):\n    return TABLE[x](x)\n")
        + "TABLE = {"
        + functions(4_000, "'f{i}': f{i}, ")
        + "}\n",
        id="written",
    ),
    pytest.param(
        "TABLE = {}\ndef keep(f):\n    TABLE[f.__name__] = f\n    return f\n"
        + functions(2_000, "@keep\ndef f{i}(x):\n    TABLE[x](f{i})\n    return x(f{i})\n"),
        id="registered and handed on",
    ),
]


@pytest.mark.parametrize("source", TABLES)
def test_thousands_of_functions_that_call_each_other_through_one_dictionary(tmp_path: Path, source: str) -> None:
    ran = Ran(tmp_path, {"app/m.py": source})
    assert "more values reach a variable" in ran.blind_spots()["too many values"]
    assert ("app.good:use", "app.good:words") in ran.calls()


def test_keys_that_a_circle_of_functions_hands_round(tmp_path: Path) -> None:
    body = "def f{i}(key):\n    TABLE[key] = f{i}\n    f{after}(key)\n    f{after}('k{i}')\n"
    circle = "".join(body.replace("{i}", str(i)).replace("{after}", str((i + 1) % 1500)) for i in range(1500))
    spots = Ran(tmp_path, {"app/m.py": f"TABLE = {{}}\n{circle}"}).blind_spots()
    assert "more values reach a variable" in spots["too many values"]
    assert "defect" not in spots


def test_attributes_of_attributes_five_thousand_deep(tmp_path: Path) -> None:
    source = "class A:\n    def __init__(self):\n        self.b = self\n    def go(self):\n        return 1\n"
    use = f"from app.m import A\n\n\ndef use():\n    return A(){'.b' * 5000}.go()\n"
    ran = Ran(tmp_path, {"app/m.py": source, "app/use.py": use})
    assert ("app.use:use", "app.m:A.go") in ran.calls() or "unparsed file" in ran.blind_spots()


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("def f(a):\n    return (a\n" + ".b()\n" * 60_000 + ")\n", id="calls"),
        pytest.param("def f(a):\n    return (" + "lambda:\n" * 1000 + "a)\n", id="lambdas"),
    ],
)
def test_what_is_nested_beyond_all_bounds_is_named(tmp_path: Path, source: str) -> None:
    ran = Ran(tmp_path, {"app/m.py": source})
    assert ran.blind_spots()["unparsed file"] == "is nested too deeply to be read"
    assert ("app.good:use", "app.good:words") in ran.calls()


NESTED = [
    pytest.param("def f(a):\n    if a == 0:\n        return f(1)\n"
                 + "".join(f"    elif a == {i}:\n        x = f\n        return x({i})\n" for i in range(1, 2000)),
                 id="elif"),
    # More than the usual stack holds; Python 3.12 itself reads no more than some 1,300.
    pytest.param("class Q:\n    def f(self):\n        return self\n\n\ndef f(a):\n    Q()" + ".f()" * 1000 + "\n    f(a)\n",
                 id="calls"),
    pytest.param("def f(a):\n    f(a)\n    return " + "".join(f"a if a == {i} else " for i in range(1000)) + "f(a)\n",
                 id="conditional expressions"),
    pytest.param("def f(a):\n    f(a)\n    return " + "not " * 1000 + "a\n", id="not"),
    pytest.param("def f(a):\n    return " + "lambda: " * 110 + "f(a)\n", id="lambdas"),
    pytest.param("".join(" " * i + f"def f{i or ''}(a):\n" for i in range(90)) + " " * 90 + "return f(1)\n",
                 id="functions"),
    pytest.param("def f(a):\n    x = a\n" + "    if a:\n        x = x.b\n" * 5000 + "    f(x)\n", id="many branches"),
]  # fmt: skip


@pytest.mark.parametrize("source", NESTED)
def test_deep_nesting(tmp_path: Path, source: str) -> None:
    ran = Ran(tmp_path, {"app/m.py": source})
    assert any(callee == "app.m:f" for _, callee in ran.calls())


def test_deep_inheritance(tmp_path: Path) -> None:
    source = "class A0:\n    def f(self):\n        return self.f()\n"
    source += "".join(f"class A{i + 1}(A{i}):\n    def f(self):\n        return super().f()\n" for i in range(600))
    ran = Ran(tmp_path, {"app/m.py": source})
    assert "200 ancestors" in ran.blind_spots()["deep inheritance"]
    assert ("app.m:A7.f", "app.m:A6.f") in ran.calls()


def test_classes_that_inherit_backwards_through_a_thousand_files(tmp_path: Path) -> None:
    files = {
        f"app/k{i}.py": f"from app.k{i + 1} import K{i + 1}\n\n\nclass K{i}(K{i + 1}):\n    pass\n" for i in range(1000)
    }
    files["app/k1000.py"] = "class K1000:\n    def f(self):\n        return 1\n"
    files["app/use.py"] = "from app.k900 import K900\n\n\ndef use():\n    return K900().f()\n"
    assert ("app.use:use", "app.k1000:K1000.f") in Ran(tmp_path, files).calls()


def test_bases_in_a_circle(tmp_path: Path) -> None:
    files = {
        "app/m.py": "import app.n\n\n\nclass A(app.n.B):\n    pass\n\n\nclass D(D):\n    pass\n\n\nclass E(E, A):\n    pass\n",
        "app/n.py": "from app import m\n\n\nclass B(m.A):\n    def f(self):\n        return self.g()\n\n"
        "    def g(self):\n        return self.f()\n",
    }
    assert {("app.n:B.f", "app.n:B.g"), ("app.n:B.g", "app.n:B.f")} <= Ran(tmp_path, files).calls()


def test_star_imports_in_a_circle(tmp_path: Path) -> None:
    files = {
        f"app/s{i}.py": f"from app.s{(i + 1) % 60} import *\nfrom app.s{(i + 7) % 60} import *\n"
        f"def g{i}():\n    return g{(i + 3) % 60}()\n"
        for i in range(60)
    }
    calls = Ran(tmp_path, files).calls()
    assert {(f"app.s{i}:g{i}", f"app.s{(i + 3) % 60}:g{(i + 3) % 60}") for i in range(60)} <= calls


HUGE = [
    pytest.param("X = [" + ",\n".join(["words()"] * 110_000) + "]\n", id="list of calls"),
    pytest.param("X = {" + ",\n".join(f"{i}: [words(), {i}]" for i in range(60_000)) + "}\n", id="dictionary"),
    pytest.param("words()\nX = (" + "\n+ ".join(["1"] * 260_000) + ")\n", id="sum"),
    pytest.param("words()\ndef f(a):\n    return (" + "\nor ".join(["a.b"] * 170_000) + ")\n", id="choice"),
    pytest.param("words()\nX = '''" + "select a from b\n" * 70_000 + "'''\n", id="text"),
]


@pytest.mark.parametrize("source", HUGE)
def test_an_expression_of_a_megabyte(tmp_path: Path, source: str) -> None:
    ran = Ran(tmp_path, {"app/m.py": "from app.good import words\n" + source})
    assert ("app.m:", "app.good:words") in ran.calls() or "unparsed file" in ran.blind_spots()


def test_values_that_contain_themselves(tmp_path: Path) -> None:
    source = """\
from typing import Generic, TypeVar

T = TypeVar("T")


class Box(Generic[T]):
    inner: "Box[Box[T]]"

    def wrap(self) -> "Box[Box[T]]":
        return Box()


def again(a, b: Box[int]):
    while True:
        b = b.wrap().inner
        again([a], b)
        again({"x": a, "y": [again]}, b)


def decorate(function):
    def wrapped(*arguments):
        return decorate(function)(*arguments)
    return wrapped


@decorate
def decorated():
    return decorated()
"""
    assert ("app.m:again", "app.m:Box.wrap") in Ran(tmp_path, {"app/m.py": source}).calls()


def test_a_route_that_everything_in_a_loop_may_be_part_of(tmp_path: Path) -> None:
    source = """\
from flask import Flask


def make(app, first, second):
    current, other = first, second
    for number in range(9):
        current = current + other
        other = other + current
        current = other or current
        other = current + current + other
        app.register_blueprint(current, url_prefix=other)
        app.add_url_rule("/known", view_func=view)


def view():
    return ""


def main():
    make(Flask(__name__), None, None)
"""
    ran = Ran(tmp_path, {"app/m.py": source})
    assert ("GET /known", "app.m:view") in {(row["name"], row["handler"]) for row in ran.export("entry_points")}


NOT_CALLABLE = ('"text"', "(1)", "None", "...", '"a".b', '"a"["b"]', "{}", "(lambda: 1)", 'f"{1}"', "[*()]", "(-1)")
USES = """
@{v}
@{v}("x")
class C{i}({v}, Base, metaclass={v}):
    __tablename__ = {v}()
    key = {v}(Integer)
    other = Column({v}(), ForeignKey({v}), default={v}())
    kept = relationship({v}, secondary={v}())

@{v}
class M{i}(models.Model, {v}):
    name = {v}.CharField()
    to = models.ForeignKey({v}(), on_delete={v})
    objects = {v}()
    class Meta({v}):
        db_table = {v}()

@app.route({v})
@{v}.task
@shared_task({v})
def f{i}(x: {v}, y: {v} = {v}()) -> {v}:
    with {v} as a, {v}() as b:
        a.b(b)
    for one in {v}:
        one({v})
    {v}()()[{v}].x = {v}()
    Session({v}).query({v}(), C{i}).filter({v}()).all()()
    Session().execute({v}() % {v})
    M{i}.objects.filter({v}(), a__b={v}).update(**{v})
    app.add_url_rule({v}, {v}, {v}()); app.register_blueprint({v}()); path({v}, {v})
    getattr({v}, {v})({v}); isinstance(x, {v}); type({v}, ({v},), {v})(); map({v}, {v}); super({v}, {v}).x()
    f{i}(*{v}, **{v}); f{i}.delay({v}()); shared_task({v})({v}).delay(); partial({v}, {v})()
    try:
        raise {v}() from {v}
    except {v}:
        del {v}().x, {v}[{v}]
    return {v}() if {v} else [*{v}]

urlpatterns = [path({v}, {v}()), {v}]
urlpatterns += {v}
"""


def test_what_cannot_be_called_in_every_place(tmp_path: Path) -> None:
    start = (
        "from functools import partial\nfrom celery import shared_task\nfrom django.db import models\n"
        "from django.urls import path\nfrom flask import Flask\nfrom sqlalchemy import Column, ForeignKey, Integer\n"
        "from sqlalchemy.orm import Session, declarative_base, relationship\n"
        "Base = declarative_base()\napp = Flask(__name__)\n"
    )
    uses = "".join(USES.replace("{v}", value).replace("{i}", str(i)) for i, value in enumerate(NOT_CALLABLE))
    ran = Ran(tmp_path, {"app/m.py": start + uses})
    assert "unparsed file" not in ran.blind_spots()
    assert ("app.good:use", "app.good:words") in ran.calls()


DOUBLED_LISTS = [
    pytest.param(
        "l0 = [path('x/', view)]\n"
        + "".join(f"l{i} = l{i - 1} + [path('y/', include(l{i - 1}))] + l{i - 1}\n" for i in range(1, 40))
        + "urlpatterns = l39\n",
        "ANY /y/x/",
        True,
        id="lists",
    ),
    pytest.param(
        "def l0(name):\n    return [path(name, view)]\n"
        + "".join(f"def l{i}(name):\n    return l{i - 1}(name) + l{i - 1}(name)\n" for i in range(1, 40))
        + "urlpatterns = l39('x/')\n",
        "ANY /<dynamic>",
        True,
        id="functions",
    ),
    pytest.param(
        "urlpatterns = [path('x/', view)]\nfor i in range(9):\n    urlpatterns += urlpatterns + [path('y/', include(urlpatterns))]\n"
        "    urlpatterns = urlpatterns + urlpatterns\n",
        "ANY /x/",
        False,
        id="itself",
    ),
]


@pytest.mark.parametrize(("patterns", "route", "is_cut"), DOUBLED_LISTS)
def test_patterns_that_double_again_and_again(tmp_path: Path, patterns: str, route: str, *, is_cut: bool) -> None:
    source = "from django.urls import include, path\n\n\ndef view(request):\n    return 1\n\n\n" + patterns
    ran = Ran(tmp_path, {"app/urls.py": source})
    assert route in {row["name"] for row in ran.export("entry_points")}
    assert ("more ways" in ran.blind_spots().get("too many values", "")) == is_cut
    assert ("app.good:use", "app.good:words") in ran.calls()


def test_constants_that_double_line_by_line(tmp_path: Path) -> None:
    first = {"add": '["a"]', "nest": '("a",)', "table": '{"a": "b"}', "join": '"a"', "format": '"a"', "deep": '["a"]'}
    doubled = {
        "add": "{v} = {v} + {v}",
        "nest": "{v} = ({v}, {v})",
        "table": '{v} = {"x": {v}, "y": {v}}',
        "join": '{v} = " ".join([{v}, {v}])',
        "format": '{v} = f"{{v}}{{v}}{{v}}"',
        "deep": "{v} = [{v}]",
    }
    source = "def call(x):\n    return x\n"
    for name, line in doubled.items():
        times = 6_000 if name == "deep" else 60
        lines = f"    {line.replace('{v}', 'v')}\n" * times
        source += f"\n\ndef {name}():\n    v = {first[name]}\n{lines}    return call(v)\n"
    ran = Ran(tmp_path, {"app/m.py": source})
    assert "unparsed file" not in ran.blind_spots()
    assert {(f"app.m:{name}", "app.m:call") for name in doubled} <= ran.calls()


def test_a_name_that_fills_pages(tmp_path: Path) -> None:
    function, route = "f" * 100_000, "/x" * 9_000
    source = "from flask import Flask\n\napp = Flask(__name__)\n\n\n"
    source += f"@app.route('{route}')\ndef {function}():\n    return ''\n"
    ran = Ran(tmp_path, {"app/m.py": source})
    assert f"app.m:{function}" in {row["handler"] for row in ran.export("entry_points")}


def test_rows_inside_of_lists_inside_of_lists(tmp_path: Path) -> None:
    source = (
        "from django.db import models, transaction\n\n\nclass A(models.Model):\n    a = models.IntegerField()\n\n\n"
    )
    source += "class B(models.Model):\n    a = models.IntegerField()\n\n\nl0 = [A.objects.first(), B.objects.first()]\n"
    source += "".join(f"l{i} = [l{i - 1}]\n" for i in range(1, 3_000))
    source += "\n\ndef save(rows, other):\n    for row in rows:\n        row.save()\n        other.delete()\n"
    source += "\n\ndef use():\n    with transaction.atomic():\n        save(l2999, l5)\n        save([A(), B()], A())\n"
    ran = Ran(tmp_path, {"app/m.py": source})
    assert ("app.m:use", "app.m:save") in ran.calls()
    assert {row["tables_written"] for row in ran.export("transactions")} == {"app_a;app_b"}


def test_decorators_that_register_and_decorate_with_themselves(tmp_path: Path) -> None:
    source = """\
import functools

from flask import Flask

app = Flask(__name__)


def rule(function):
    @functools.wraps(function)
    def wrapped(*arguments):
        return function(*arguments)

    app.add_url_rule("/rule", view_func=wrapped)
    rule(rule)
    return rule(wrapped)


def page(path):
    def decorate(function):
        @app.route(path)
        @functools.wraps(function)
        def wrapped(*arguments):
            return function(*arguments)

        return page(path)(wrapped)

    return decorate
"""
    source += "".join(
        f"\n\n@rule\n@page('/{i}')\ndef view{i}():\n    rule(view{(i * 13) % 1000})\n    page('/x')(view{(i * 7) % 1000})\n"
        for i in range(1000)
    )
    assert ("app.m:", "app.m:page.decorate") in Ran(tmp_path, {"app/m.py": source}).calls()


_TABLE_NAMED_AFTER = """
    from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

    class Base(DeclarativeBase):
        id: Mapped[int] = mapped_column(primary_key=True)

        @declared_attr
        def __tablename__(cls):
            name = {name}
            return name

    class Order(Base):
        pass
"""


@pytest.mark.parametrize(
    "source",
    [
        _TABLE_NAMED_AFTER.format(name="name.lower()"),
        _TABLE_NAMED_AFTER.format(name="name + 's'"),
        """
        def clear(cursor):
            table = table
            cursor.execute(f"DELETE FROM {table}")
        """,
        """
        from django import forms

        def choose(field, rows):
            chosen = chosen
            chosen.queryset = rows
        """,
        """
        from dataclasses import dataclass, field

        @dataclass
        class Node:
            below: "Node" = field(default_factory=Node)

        Node()
        """,
    ],
)
def test_what_is_made_of_itself(tmp_path: Path, source: str) -> None:
    ran = Ran(tmp_path, {"app/m.py": textwrap.dedent(source)})

    assert ("app.good:use", "app.good:words") in ran.calls()
    assert "defect" not in ran.blind_spots()


@pytest.mark.parametrize("source", ["    x = x\n    return x\n", "    x = y\n    y = x\n    return y\n"])
def test_a_name_that_comes_from_itself(tmp_path: Path, source: str) -> None:
    ran = Ran(tmp_path, {"app/m.py": f"def give(a):\n{source}\n\ngive(give)\n"})

    assert ("app.m:", "app.m:give") in ran.calls()


def test_iterators_whose_iterators_lead_round_in_a_circle(tmp_path: Path) -> None:
    ran = Ran(
        tmp_path,
        {
            "app/rounds.py": """
class There:
    def __iter__(self):
        return Back()

class Back:
    def __iter__(self):
        return There()

class Pages:
    def __aiter__(self):
        return Cursor()

class Cursor:
    def __aiter__(self):
        return Pages()
    async def __anext__(self):
        return Page()

class Page:
    def text(self):
        return ""

async def read():
    for anything in There():
        anything.shown()
    async for page in Pages():
        page.text()
""",
        },
    )
    calls = {callee for caller, callee in ran.calls() if caller == "app.rounds:read"}
    assert calls >= {"app.rounds:There.__iter__", "app.rounds:Cursor.__anext__", "app.rounds:Page.text"}
    assert not calls & {"app.rounds:Back.__iter__", "app.rounds:Cursor.__aiter__"}


def test_a_function_that_a_loop_wraps_in_itself(tmp_path: Path) -> None:
    ran = Ran(
        tmp_path,
        {
            "app/wraps.py": """
from contextlib import ContextDecorator

class Guard(ContextDecorator):
    def __enter__(self):
        return self
    def __exit__(self, *error):
        pass

def work():
    pass

def wrapped(function, times):
    for _ in range(times):
        function = Guard()(function)
    return function

def run():
    wrapped(work, 3)()
""",
        },
    )
    assert ("app.wraps:run", "app.wraps:work") in ran.calls()
