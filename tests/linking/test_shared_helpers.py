"""What many callers share keeps their values apart: decorators and helpers that are used hundreds of times."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

MANY = 500
"""More than a decorator gets frames of its own for."""

DECORATORS = {
    "hands back what it was given": "def mark(obj):\n    obj.marked = True\n    return obj\n",
    "hands it back under another name": "def mark(obj):\n    result = obj\n    return result\n",
    "wraps it": "def mark(obj):\n    def wrapper(*args):\n        return obj(*args)\n    return wrapper\n",
    "hands it back, or a wrapper": (
        "def mark(obj):\n"
        "    if obj.quiet:\n"
        "        return obj\n"
        "    def wrapper(*args):\n"
        "        return obj(*args)\n"
        "    return wrapper\n"
    ),
    "declares that the type stays": (
        "from typing import TypeVar\nT = TypeVar('T')\ndef mark(obj: T) -> T:\n    return prepare(obj)\n"
        "def prepare(obj):\n    return globals()[obj.name]\n"
    ),
}


@pytest.mark.parametrize("decorator", DECORATORS.values(), ids=DECORATORS)
def test_a_decorator_of_hundreds_of_functions_mixes_none_of_them_up(draw: Draw, decorator: str) -> None:
    functions = "".join(f"@mark\ndef f{number}(): pass\n" for number in range(MANY))
    calls = draw(f"{decorator}{functions}def main(): f{MANY - 1}()\n").call_lines()
    reached = {line.rpartition(":")[2] for line in calls if line.startswith("m:main -> ")}
    assert reached
    assert reached <= {f"f{MANY - 1}", "mark.wrapper"}


def test_a_check_that_returns_what_it_checked_gives_each_caller_its_own(draw: Draw) -> None:
    source = "def check(obj, kind):\n    if not isinstance(obj, kind): raise TypeError(kind)\n    return obj\n"
    for number in range(MANY):
        source += f"class C{number}:\n    def go(self): pass\ndef use{number}(): check(C{number}(), C{number}).go()\n"
    calls = draw(source).call_lines()
    went = [line for line in calls if line.endswith(".go")]
    assert went == sorted(f"m:use{number} -> m:C{number}.go" for number in range(MANY))


NESTED = """
    from typing import Any

    import sqlalchemy as sa
    from sqlalchemy.orm import DeclarativeBase, Session


    class Base(DeclarativeBase):
        pass


    class Post(Base):
        __tablename__ = "posts"
        id = sa.Column(sa.Integer, primary_key=True)

        def remove(self): ...


    class Topic(Base):
        __tablename__ = "topics"
        id = sa.Column(sa.Integer, primary_key=True)

        def remove(self): ...


    def visible(stmt: SELECT, hidden=None):
        if hidden is None:
            return stmt
        for entity in [description["entity"] for description in stmt.column_descriptions]:
            stmt = stmt.where(entity.hidden == hidden)
        return stmt


    def first(session: Session, stmt: SELECT, check=None):
        if check is not None:
            stmt = visible(stmt, check)
        return session.execute(stmt).scalar()


    def remove_post(session: Session):
        first(session, sa.select(Post), True).remove()


    def remove_topic(session: Session):
        first(session, sa.select(Topic), True).remove()
    """


@pytest.mark.parametrize("declared", ["sa.Select[Any]", "sa.Select", "Any"])
def test_a_helper_that_calls_a_helper_gives_each_caller_its_own(draw: Draw, declared: str) -> None:
    calls = draw(NESTED.replace("SELECT", declared)).call_lines()
    assert [line for line in calls if line.endswith(".remove")] == [
        "m:remove_post -> m:Post.remove",
        "m:remove_topic -> m:Topic.remove",
    ]


def test_a_package_that_is_looked_at_again_and_again_leaves_the_others_their_share(draw: Draw) -> None:
    steps = "".join(f"    pair{n} = (value, value)\n    value = pair{n}[0]\n" for n in range(15))
    helpers = "".join(f"def convert{n}(value):\n{steps}    return value\n" for n in range(30))
    calls = "".join(f"    convert{n}(Unit())\n" for n in range(30))
    users = "".join(f"def use{n}():\n{calls}" for n in range(90))
    shop = "class Service:\n    def run(self):\n        return self.model().go()\n"
    for number in range(12):
        shop += f"class M{number}:\n    def go(self):\n        print(1)\n        print(2)\n        print(3)\n"
        shop += f"class S{number}(Service):\n    model = M{number}\n"
    files = {
        "a_units/__init__.py": "",
        "a_units/core.py": f"class Unit: pass\n{helpers}{users}",
        "shop/__init__.py": "",
        "shop/m.py": shop,
    }
    app = draw(files)
    found = {line.rpartition(":")[2] for line in app.call_lines() if line.startswith("shop.m:Service.run -> ")}
    assert found >= {f"M{number}.go" for number in range(12)}


ROWS = """
from django.db import models
class Post(models.Model):
    def remove(self): pass
class Topic(models.Model):
    def remove(self): pass
"""
NARROWS = {
    "by a method": "    return rows.filter(hidden=False)\n",
    "sometimes": "    if user.is_staff:\n        return rows\n    rows = rows.exclude(hidden=True)\n    return rows.filter(owner=user).order_by('id')\n",
    "or gives none": "    if user is None:\n        return rows.none()\n    return rows\n",
}


@pytest.mark.parametrize("narrows", NARROWS.values(), ids=NARROWS)
def test_what_a_helper_narrows_is_each_callers_own(draw: Draw, narrows: str) -> None:
    body = "    check(user)\n" * 60  # too much to be looked at for each call
    app = draw(
        {
            "shop/models.py": ROWS,
            "shop/rights.py": f"def check(user): pass\ndef visible(user, rows):\n{body}{narrows}",
            "shop/use.py": """
                from shop.models import Post, Topic
                from shop.rights import visible
                def posts(user):
                    visible(user, Post.objects.all()).get().remove()
                def topics(user):
                    visible(rows=Topic.objects.filter(open=True), user=user).get().remove()
                """,
        }
    )
    assert [line for line in app.call_lines() if line.endswith(".remove")] == [
        "shop.use:posts -> shop.models:Post.remove",
        "shop.use:topics -> shop.models:Topic.remove",
    ]


def test_a_helper_that_makes_something_else_of_rows_gives_that(draw: Draw) -> None:
    """A method of the application may give what it likes: it stays what all callers get."""
    body = "    check(user)\n" * 60
    app = draw(
        {
            "shop/models.py": ROWS,
            "shop/rights.py": f"def check(user): pass\ndef visible(user, rows):\n{body}    return rows.narrowed()\n",
            "shop/use.py": """
                from shop.models import Topic
                from shop.rights import visible
                class Rows:
                    def narrowed(self): return Topic()
                def topics(user):
                    visible(user, Rows()).remove()
                """,
        }
    )
    assert [line for line in app.call_lines() if line.endswith(".remove")] == [
        "shop.use:topics -> shop.models:Topic.remove",
    ]


def test_what_a_shared_helper_joins_to_rows_is_read_with_each_callers(draw: Draw) -> None:
    body = "    check(user)\n" * 60
    app = draw(
        {
            "shop/models.py": """
                from sqlalchemy import Column, Integer
                from sqlalchemy.orm import declarative_base
                Base = declarative_base()
                class Post(Base):
                    __tablename__ = "posts"
                    id = Column(Integer, primary_key=True)
                class Topic(Base):
                    __tablename__ = "topics"
                    id = Column(Integer, primary_key=True)
                class Right(Base):
                    __tablename__ = "rights"
                    id = Column(Integer, primary_key=True)
                """,
            "shop/rights.py": "from shop.models import Right\ndef check(user): pass\n"
            f"def visible(user, rows):\n{body}    if user:\n        return rows\n    return rows.filter(Right.id == user)\n",
            "shop/use.py": """
                from sqlalchemy.orm import Session
                from shop.models import Post, Topic
                from shop.rights import visible
                def posts(session: Session, user):
                    return visible(user, session.query(Post)).all()
                def topics(session: Session, user):
                    return visible(user, session.query(Topic)).all()
                """,
        }
    )
    reads = {(a.definition, a.table) for a in app.system.accesses if a.resolution != "guessed"}
    assert {found for found in reads if found[0].startswith("shop.use")} == {
        ("shop.use:posts", "posts"),
        ("shop.use:posts", "rights"),
        ("shop.use:topics", "topics"),
        ("shop.use:topics", "rights"),
    }


def test_wrappers_put_around_all_of_a_large_table_give_nobody_what_others_return(draw: Draw) -> None:
    source = "TABLE = {}\n"
    for number in range(60):
        source += f"class C{number}:\n    def go(self): pass\ndef f{number}(): return C{number}()\n"
    source += "def fill(functions):\n    for function in functions: TABLE[function.__name__] = function\n"
    source += f"fill([{', '.join(f'f{number}' for number in range(60))}])\n"
    source += "def wrap(function):\n    def wrapper(): return function()\n    return wrapper\n"
    source += "for name, function in list(TABLE.items()): TABLE[name] = wrap(function)\n"
    source += "def main(): TABLE['f3']().go()\n"
    assert {line for line in draw(source).call_lines() if line.endswith(".go")} <= {"m:main -> m:C3.go"}


WITH_SESSION = """
from sqlalchemy import Column, Integer
from sqlalchemy.orm import DeclarativeBase, sessionmaker
class Base(DeclarativeBase): pass
class Post(Base):
    __tablename__ = "posts"
    id = Column(Integer, primary_key=True)
class Topic(Base):
    __tablename__ = "topics"
    id = Column(Integer, primary_key=True)
Opened = sessionmaker()
def with_session(name="session"):
    def decorate(function):
        def wrapper(*args, **kwargs):
            kwargs[name] = Opened()
            result = function(*args, **kwargs)
            return result
        return wrapper
    return decorate
@with_session()
def ask(model, session=None):
    return session.query(model)
def visible(model): return ask(model).filter(model.id > 0)
def newest(model): return visible(model).order_by(model.id)
"""


@pytest.mark.parametrize("around", ["ask", "visible", "newest"])
@pytest.mark.parametrize("others", [0, 320])
def test_a_helper_that_a_decorator_gives_a_session_asks_for_what_each_caller_means(
    draw: Draw, around: str, others: int
) -> None:
    source = f"{WITH_SESSION}def posts(): return {around}(Post).all()\ndef drop(): {around}(Topic).delete()\n"
    for number in range(others):
        source += f"@with_session()\ndef f{number}(row, session=None): return row\n"
        source += f"def use{number}(): f{number}(Post())\n"
    rows = {(a.definition, a.operation, a.table, a.resolution) for a in draw(source).system.accesses}
    assert {row for row in rows if row[0] in ("m:posts", "m:drop")} == {
        ("m:posts", "read", "posts", "exact"),
        ("m:drop", "delete", "topics", "exact"),
    }


def test_a_long_helper_that_is_given_a_model_by_its_name_says_which_table_each_caller_means(draw: Draw) -> None:
    """More steps than a helper may have that is given other values: it puts together a statement for any model."""
    checks = "".join(
        f"    if rows[0].get('part{n}') and not keys.get('part{n}'):\n        keys['part{n}'] = {n}\n" for n in range(8)
    )
    source = (
        "import sqlalchemy as sa\nfrom sqlalchemy.dialects.sqlite import insert\nfrom sqlalchemy.orm import DeclarativeBase, Session\n"
        f"class Base(DeclarativeBase): pass\ndef put(*rows, table: type[Base], keys):\n{checks}"
        "    statement = insert(table).values(rows)\n    return statement.on_conflict_do_nothing(keys)\n"
    )
    for number in range(8):
        source += f"class T{number}(Base):\n    __tablename__ = 't{number}'\n    id = sa.Column(sa.Integer, primary_key=True)\n"
        source += f"def save{number}(session: Session, keys):\n    session.execute(put({{'id': 1}}, table=T{number}, keys=keys))\n"
    rows = [(a.definition, a.operation, a.table, a.resolution) for a in draw(source).system.accesses]
    assert [row for row in rows if row[0].startswith("m:save")] == [
        (f"m:save{number}", "insert", f"t{number}", "exact") for number in range(8)
    ]
