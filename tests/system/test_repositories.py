"""Repositories that are written once for all models: which model is meant where, and what a schema made of a row reads."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
    from sqlalchemy import ForeignKey
    from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
    class Base(DeclarativeBase): pass
    class Tag(Base):
        __tablename__ = "tags"
        id: Mapped[int] = mapped_column(primary_key=True)
        line_id: Mapped[int] = mapped_column(ForeignKey("lines.id"))
    class Line(Base):
        __tablename__ = "lines"
        id: Mapped[int] = mapped_column(primary_key=True)
        order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
        tags: Mapped[list["Tag"]] = relationship()
    class Order(Base):
        __tablename__ = "orders"
        id: Mapped[int] = mapped_column(primary_key=True)
        lines: Mapped[list["Line"]] = relationship()
        notes: Mapped[list["Note"]] = relationship()
    class Note(Base):
        __tablename__ = "notes"
        id: Mapped[int] = mapped_column(primary_key=True)
        order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
"""

REPOSITORY = """
    from typing import Generic, TypeVar
    from sqlalchemy import select
    from sqlalchemy.orm import Session
    from models import Base, Line, Note, Order, Tag
    T = TypeVar("T", bound=Base)
    class Repository(Generic[T]):
        def __init__(self, session: Session, model: type[T]):
            self.session = session
            self.model = model
        def all(self): return self.session.execute(select(self.model)).scalars().all()
    class Orders(Repository[Order]):
        def first(self): return self.session.execute(select(self.model)).scalars().first()
"""


def found(draw: Draw, source: str) -> set[tuple[str, str, str]]:
    """Definition, unit that acts and table of what is read and runs."""
    app = draw({"models.py": MODELS, "m.py": f"{textwrap.dedent(REPOSITORY)}\n{textwrap.dedent(source)}"})
    return {(a.definition, a.unit, a.table) for a in app.system.accesses if a.role == "execute"}


def test_what_is_given_to_a_base_class_is_not_what_its_subclass_has(draw: Draw) -> None:
    source = """
    def use(session):
        Orders(session, Order).first()
        Repository(session, Tag).all()
        Repository(session, Note).all()
    """
    assert found(draw, source) == {
        ("m:Orders.first", "m:Orders", "orders"),
        ("m:Repository.all", "m:Repository", "tags"),
        ("m:Repository.all", "m:Repository", "notes"),
    }


def test_a_constructor_that_is_asked_for_of_the_base_class_is_the_subclass_s(draw: Draw) -> None:
    source = """
    class Lines(Repository):
        def __init__(self, session): Repository.__init__(self, session, Line)
    class Tags(Repository):
        def __init__(self, session): Repository.__init__(self, session, Tag)
    def use(session):
        Lines(session).all()
        Tags(session).all()
    """
    assert {(unit, table) for definition, unit, table in found(draw, source) if definition == "m:Repository.all"} == {
        ("m:Lines", "lines"),
        ("m:Tags", "tags"),
    }


def test_what_nothing_calls_for_an_object_is_not_claimed_because_it_is_called_for_another(draw: Draw) -> None:
    source = """
    class Shared(Repository[T]):
        def each(self): return self.session.execute(select(self.model)).scalars().all()
        def some(self): return self.session.execute(select(self.model)).scalars().all()
    class Repositories:
        def __init__(self, session): self.session = session
        @property
        def lines(self) -> Shared[Line]: return Shared(self.session, Line)
        @property
        def tags(self) -> Shared[Tag]: return Shared(self.session, Tag)
    def use(repositories: Repositories):
        repositories.lines.each()
        repositories.tags.some()
    """
    assert {(definition, table) for definition, _, table in found(draw, source) if "Shared" in definition} == {
        ("m:Shared.each", "lines"),
        ("m:Shared.some", "tags"),
    }


def test_what_only_the_base_class_is_given_is_what_its_subclass_has(draw: Draw) -> None:
    source = """
    def prepare(repository: Repository):
        repository.table = Tag
    def build(kind: type[Repository], session):
        prepare(kind(session, Order))
    class Late(Repository):
        def read(self): return self.session.execute(select(self.table)).scalars().all()
    """
    assert ("m:Late.read", "m:Late", "tags") in found(draw, source)


SCHEMAS = """
    from pydantic import BaseModel
    class TagOut(BaseModel):
        id: int
    class LineOut(BaseModel):
        id: int
        tags: list[TagOut] | None = None
    class OrderOut(BaseModel):
        id: int
        lines: list[LineOut]
        model_config = {"from_attributes": True}
"""


@pytest.mark.parametrize(
    ("call", "tables"),
    [
        ("OrderOut.model_validate(s.get(Order, 1))", {"orders", "lines", "tags"}),
        ("[OrderOut.from_orm(o) for o in s.query(Order).all()]", {"orders", "lines", "tags"}),
        ("LineOut.model_validate(s.get(Line, 1))", {"lines", "tags"}),
        ("TagOut.model_validate(s.get(Tag, 1))", {"tags"}),
        ("OrderOut.model_validate({'id': 1})", set()),
        ("OrderOut(id=1, lines=[])", set()),
    ],
)
def test_a_schema_made_of_a_row_reads_the_relations_that_it_declares(draw: Draw, call: str, tables: set[str]) -> None:
    source = f"""
    from models import *
    def f(s: Session): return {call}
    """
    app = draw({"models.py": MODELS, "m.py": f"{textwrap.dedent(SCHEMAS)}\n{textwrap.dedent(source)}"})
    assert {a.table for a in app.system.accesses if a.role == "execute"} == tables


def test_a_schema_made_of_a_container_that_holds_itself_ends(draw: Draw) -> None:
    source = """
    from models import *
    def f(s: Session):
        rows = [s.get(Tag, 1)]
        rows.append(rows)
        return TagOut.model_validate(rows)
    """
    app = draw({"models.py": MODELS, "m.py": f"{textwrap.dedent(SCHEMAS)}\n{textwrap.dedent(source)}"})
    assert {a.table for a in app.system.accesses if a.role == "execute"} == {"tags"}


@pytest.mark.parametrize(
    "made",
    ["return Repository(session, {})", "repository: Repository[{0}] = Repository(session, {0}); return repository"],
)
def test_a_generic_object_has_the_model_of_the_type_that_is_expected_of_it(draw: Draw, made: str) -> None:
    body = {model: made.format(model) for model in ("Tag", "Note")}
    source = f"""
    def tags(session) -> Repository[Tag]:
        {body["Tag"]}
    def notes(session) -> Repository[Note]:
        label = "notes"
        {body["Note"]}
    def tags_of(session):
        text = "plain"
        tags(session).all()
        return text
    def notes_of(session: Session):
        for note in notes(session).all():
            session.delete(note)
    """
    assert {(d, table) for d, _, table in found(draw, source) if d.endswith("_of")} == {("m:notes_of", "notes")}


def test_what_fastcrud_does_to_the_model_that_it_is_made_for(draw: Draw) -> None:
    source = """
        from fastcrud import FastCRUD, JoinConfig
        from models import Line, Note, Order
        Orders = FastCRUD[Order, object, object, object, object, object]
        orders = Orders(Order)
        notes: FastCRUD = FastCRUD(Note)
        async def show(db): return await orders.get(db=db, id=1)
        async def add(db, note): return await notes.create(db=db, object=note)
        async def change(db, values): await orders.update(db=db, object=values, id=1)
        async def drop(db): await notes.db_delete(db=db, id=1)
        async def listed(db): return await orders.get_multi_joined(db, joins_config=[JoinConfig(model=Line, join_on=None)])
        async def joined(db): return await orders.get_joined(db, join_model=Note)
    """
    app = draw({"models.py": MODELS, "m.py": textwrap.dedent(source)})
    assert {(a.definition, a.operation, a.table) for a in app.system.accesses if a.definition.startswith("m:")} == {
        ("m:show", "read", "orders"),
        ("m:add", "insert", "notes"),
        ("m:change", "read", "orders"),
        ("m:change", "update", "orders"),
        ("m:drop", "delete", "notes"),
        ("m:listed", "read", "orders"),
        ("m:listed", "read", "lines"),
        ("m:joined", "read", "orders"),
        ("m:joined", "read", "notes"),
    }


def test_what_crud_plus_does_to_the_model_that_it_is_made_for(draw: Draw) -> None:
    source = """
        from sqlalchemy_crud_plus import CRUDPlus, JoinConfig
        from models import Line, Note, Order
        class Orders(CRUDPlus[Order]):
            async def get(self, db, number): return await self.select_model(db, number)
            async def make(self, db, obj): await self.create_model(db, obj)
            async def add(self, db: AsyncSession, values): db.add(self.model(**values))
            async def mark(self, db, number):
                order = await self.get(db, number)
                order.id = 2
            async def rename(self, db, number, obj): return await self.update_model(db, number, obj)
            async def drop(self, db, number): return await self.delete_model(db, number)
            async def page(self, db: AsyncSession):
                statement = await self.select_order("id", join_conditions=[JoinConfig(model=Line, join_on=True)])
                return (await db.execute(statement)).scalars().all()
        orders: Orders = Orders(Order)
        async def show(db: AsyncSession): return await orders.get(db, 1)
    """
    app = draw(
        {"models.py": MODELS, "m.py": "from sqlalchemy.ext.asyncio import AsyncSession\n" + textwrap.dedent(source)}
    )
    told = {
        (a.definition.partition(":")[2], a.table, a.operation) for a in app.system.accesses if a.resolution != "guessed"
    }
    assert told == {
        ("Orders.get", "orders", "read"),
        ("Orders.make", "orders", "insert"),
        ("Orders.add", "orders", "insert"),
        ("Orders.mark", "orders", "update"),
        ("Orders.rename", "orders", "update"),
        ("Orders.rename", "orders", "read"),
        ("Orders.drop", "orders", "delete"),
        ("Orders.drop", "orders", "read"),
        ("Orders.page", "orders", "read"),
        ("Orders.page", "lines", "read"),
    }
