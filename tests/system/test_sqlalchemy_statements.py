"""SQLAlchemy: what statements, sessions and classes of every form do to tables."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
    from sqlalchemy import *
    from sqlalchemy.ext.associationproxy import association_proxy
    from sqlalchemy.ext.asyncio import AsyncAttrs, AsyncSession
    from sqlalchemy.ext.hybrid import hybrid_property
    from sqlalchemy.orm import *
    class Base(AsyncAttrs, DeclarativeBase): pass
    tagging = Table("tagging", Base.metadata, Column("order_id", ForeignKey("orders.id")), Column("tag_id", ForeignKey("tags.id")))
    logs = Table("logs", Base.metadata, Column("id", Integer, primary_key=True), Column("message", Text))
    parts = Table("parts", Base.metadata, Column("id", Integer, primary_key=True), Column("log_id", ForeignKey("logs.id")))
    class User(Base):
        __tablename__ = "users"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        orders: Mapped[list["Order"]] = relationship(back_populates="user")
        later: WriteOnlyMapped["Log"] = relationship()
        @hybrid_property
        def count(self):
            return len(self.orders)
        @count.expression
        def count(cls):
            return select(func.count(Order.id)).where(Order.user_id == cls.id).scalar_subquery()
        @hybrid_property
        def known(self):
            return self.name != ""
    class Log(Base):
        __tablename__ = "logbook"
        id: Mapped[int] = mapped_column(primary_key=True)
        user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    class Tag(Base):
        __tablename__ = "tags"
        id: Mapped[int] = mapped_column(primary_key=True)
        word: Mapped[str]
    class Order(Base):
        __tablename__ = "orders"
        id: Mapped[int] = mapped_column(primary_key=True)
        user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
        status: Mapped[str]
        user: Mapped[User] = relationship(back_populates="orders")
        tags: Mapped[list[Tag]] = relationship(secondary=tagging)
        words = association_proxy("tags", "word")
"""

STATEMENTS = [
    ("s.scalars(select(func.json_extract(Order.status, '$.x')))", {"read orders"}),
    ("s.query(func.year(Order.id).label('y'), func.count('*')).all()", {"read orders"}),
    ("s.execute(select(func.row_number().over(partition_by=Order.status)))", {"read orders"}),
    ("s.execute(select(distinct(Order.status), extract('year', User.name)))", {"read orders", "read users"}),
    ("s.execute(select(case((Order.status == 'x', 1), else_=0)))", {"read orders"}),
    ("s.execute(union(select(Order.id), select(User.id)))", {"read orders", "read users"}),
    ("s.execute(select(union_all(select(Order.id), select(User.id)).subquery().c.id))", {"read orders", "read users"}),
    ("s.execute(select(Order.id).intersect(select(User.id)))", {"read orders", "read users"}),
    ("s.scalars(select(Order).where(exists(select(User.id))))", {"read orders", "read users"}),
    ("s.scalar(select(exists().where(Order.id == 1)))", {"read orders"}),
    ("s.scalars(select(Order).where(~exists().where(User.id == Order.user_id)))", {"read orders", "read users"}),
    (
        "s.scalar(select(exists().where(Order.id == 1, or_(select(1).where(User.id == 2).exists(), Order.id == 2))))",
        {"read orders", "read users"},
    ),
    ("s.execute(select(logs).select_from(join(logs, parts)))", {"read logs", "read parts"}),
    ("s.execute(outerjoin(logs, parts).select())", {"read logs", "read parts"}),
    ("s.execute(logs.delete(logs.c.id.in_(select(parts.c.log_id))))", {"delete logs", "read parts"}),
    ("s.execute(Base.metadata.tables['logs'].select())", {"read logs"}),
    ("s.scalars(select(Order).options(selectinload(Order.user)))", {"read orders", "read users"}),
    ("s.query(Order).join(Order.user).all()", {"read orders", "read users"}),
    ("s.query(User).options(joinedload(User.orders)).all()", {"read orders", "read users"}),
    ("s.query(Order).filter(Order.tags.contains(1)).all()", {"read orders", "read tagging"}),
    ("Query([User], session=s).all()", {"read users"}),
    ("s.query(User).from_statement(text('SELECT 1')).all()", {"read users"}),
    ("s.query(User).value(User.name)", {"read users"}),
    ("s.query(with_polymorphic(User, '*')).all()", {"read users"}),
    ("s.query(User).filter(User.count > 3).all()", {"read users", "read orders"}),
    ("s.scalars(select(User).where(User.known))", {"read users"}),
    ("s.get(Order, 1).words", {"read orders", "read tags", "read tagging"}),
    ("s.scalars(select(Order).where(Order.words == 'x'))", {"read orders", "read tags", "read tagging"}),
    ("s.query(Order).filter(Order.words.contains('x')).all()", {"read orders", "read tags", "read tagging"}),
    ("s.run_sync(lambda inner: inner.query(User).all())", {"read users"}),
    ("s.get(Order, 1, options=[joinedload(Order.user)])", {"read orders", "read users"}),
    (
        "s.get_one(User, 1, options=[selectinload(User.orders).selectinload(Order.tags)])",
        {"read users", "read orders", "read tags", "read tagging"},
    ),
    ("s.execute(select(table('logs', column('id')).c.id))", {"read logs"}),
    ("s.execute(table('logs', column('id')).insert().values(id=1))", {"insert logs"}),
    ("s.get(User, 1).awaitable_attrs.orders", {"read users", "read orders"}),
    (
        "s.execute(select(User).join(Order, Order.id.in_(select(tagging.c.order_id))))",
        {"read users", "read orders", "read tagging"},
    ),
    (
        "s.execute(select(User).outerjoin(Order, and_(Order.id > 1, exists().where(Tag.id == Order.id))))",
        {"read users", "read orders", "read tags"},
    ),
    ("s.query(User).join(Order, Order.id.in_(select(logs.c.id))).all()", {"read users", "read orders", "read logs"}),
    ("s.execute(select(Order.id).except_all(select(User.id)))", {"read orders", "read users"}),
    ("s.execute(select(Order.id).intersect_all(select(User.id)))", {"read orders", "read users"}),
    ("s.query(Order).except_all(s.query(Order).filter(Order.user_id == User.id)).all()", {"read orders", "read users"}),
    ("s.scalars(select(User).from_statement(text('SELECT 1')))", {"read users"}),
    ("s.execute(lambda_stmt(lambda: select(User)))", {"read users"}),
    ("s.execute(select(Bundle('b', Order.id, User.id)))", {"read orders", "read users"}),
    (
        "s.execute(update(logs).ordered_values((logs.c.message, select(User.name).scalar_subquery())))",
        {"update logs", "read users"},
    ),
    ("s.execute(delete(logs).using(parts).where(parts.c.log_id == logs.c.id))", {"delete logs", "read parts"}),
    ("s.execute(select(delete(logs).returning(logs.c.id).cte('gone')))", {"delete logs", "read logs"}),
    ("s.query(User).with_transformation(lambda q: q.join(Order)).all()", {"read users", "read orders"}),
    ("s.get(User, 1).later.add(Log())", {"read users", "insert logbook"}),
    ("s.get(User, 1).later.add_all([Log()])", {"read users", "insert logbook"}),
    ("s.get(User, 1).later.remove(s.get(Log, 1))", {"read users", "read logbook", "update logbook"}),
]


@pytest.mark.parametrize(("body", "expected"), STATEMENTS)
def test_statements(draw: Draw, body: str, expected: set[str]) -> None:
    app = draw({"models.py": MODELS, "m.py": f"from models import *\ndef f(s: AsyncSession): return {body}\n"})
    assert {
        f"{operation} {table}" for definition, operation, table in app.accesses() if definition == "m:f"
    } == expected


@pytest.mark.parametrize("dialect", ["postgresql", "sqlite", "mysql"])
def test_an_upsert_inserts_and_updates(draw: Draw, dialect: str) -> None:
    method = "on_duplicate_key_update" if dialect == "mysql" else "on_conflict_do_update"
    source = f"""
    from models import logs
    from sqlalchemy import Connection
    from sqlalchemy.dialects.{dialect} import insert
    def f(c: Connection): c.execute(insert(logs).values(message="x").{method}())
    """
    app = draw({"models.py": MODELS, "m.py": textwrap.dedent(source)})
    assert {found for found in app.accesses() if found[0] == "m:f"} == {
        ("m:f", "insert", "logs"),
        ("m:f", "update", "logs"),
    }


def test_listeners_are_given_what_they_listen_to(draw: Draw) -> None:
    source = """
    from models import Order, User, logs
    from sqlalchemy import event
    from sqlalchemy.orm import Session
    @event.listens_for(Order, "before_update")
    def touch(mapper, connection, target): target.status = "changed"
    @event.listens_for(Order, "after_insert")
    def note(mapper, connection, target): connection.execute(logs.insert())
    def count(session, context): session.query(User).count()
    event.listen(Session, "after_flush", count)
    @event.listens_for(User.__table__, "after_create")
    def start(target, connection, **options): connection.execute(target.insert().values(name="root"))
    @event.listens_for(logs, "after_create")
    def begin(target, connection, **options): connection.execute(target.insert())
    """
    app = draw({"models.py": MODELS, "m.py": textwrap.dedent(source)})
    assert {found for found in app.accesses() if found[0].startswith("m:")} == {
        ("m:start", "insert", "users"),
        ("m:begin", "insert", "logs"),
        ("m:touch", "update", "orders"),
        ("m:note", "insert", "logs"),
        ("m:count", "read", "users"),
    }
    changed = next(access for access in app.system.accesses if access.definition == "m:touch")
    assert changed.resolution == "inferred"


CLASSES = [
    pytest.param(
        """
        from sqlalchemy.orm import registry
        reg = registry()
        @reg.mapped
        class Item:
            __tablename__ = "items"
            id = Column(Integer, primary_key=True)
        """,
        id="decorated",
    ),
    pytest.param(
        """
        from sqlalchemy.orm import registry
        reg = registry()
        class Item: pass
        reg.map_imperatively(Item, Table("items", reg.metadata, Column("id", Integer, primary_key=True)))
        """,
        id="mapped by a call",
    ),
    pytest.param(
        """
        from company.database import Base
        class Item(Base):
            __tablename__ = "items"
            id = Column(Integer, primary_key=True)
        """,
        id="a base that is not in view",
    ),
]


@pytest.mark.parametrize("declared", CLASSES)
def test_classes_that_no_base_in_view_shows_to_be_mapped(draw: Draw, declared: str) -> None:
    use = "def f(store): return store.query(Item).all()\ndef g(item: Item): item.id = 3\n"
    app = draw(f"from sqlalchemy import *\n{textwrap.dedent(declared)}{use}")
    assert app.accesses() == {("m:f", "read", "items"), ("m:g", "update", "items")}


JOINED = """
    from sqlalchemy import Column, DateTime, ForeignKey, Integer
    from sqlalchemy.orm import Session, declarative_base
    Base = declarative_base()
    class Animal(Base):
        __tablename__ = "animals"
        id = Column(Integer, primary_key=True)
        born = Column(DateTime)
    class Dog(Animal):
        __tablename__ = "dogs"
        id = Column(ForeignKey("animals.id"), primary_key=True)
        size = Column(Integer)
    class Puppy(Dog): pass
"""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("s.get(Dog, 1)", {"read dogs", "read animals"}),
        ("s.query(Dog.size).all()", {"read dogs", "read animals"}),
        ("s.query(Puppy).all()", {"read dogs", "read animals"}),
        ("s.query(Animal).all()", {"read animals"}),
        ("s.add(Dog())", {"insert dogs", "insert animals"}),
        ("s.delete(dog)", {"delete dogs", "delete animals"}),
        ("setattr(dog, 'born', 1)", {"update animals"}),
        ("setattr(dog, 'size', 1)", {"update dogs"}),
    ],
)
def test_rows_of_joined_inheritance_have_a_part_in_each_table(draw: Draw, body: str, expected: set[str]) -> None:
    app = draw({"models.py": JOINED, "m.py": f"from models import *\ndef f(s: Session, dog: Dog): {body}\n"})
    assert {f"{operation} {table}" for _, operation, table in app.accesses()} == expected


BELOW = [
    ("", '{"polymorphic_load": "selectin"}', True),
    ("", '{"polymorphic_load": "inline", "polymorphic_identity": KIND}', True),
    ('__mapper_args__ = {"polymorphic_on": kind, "with_polymorphic": "*"}', "{}", True),
    ('__mapper_args__ = {"polymorphic_on": kind}', '{"polymorphic_identity": "cat"}', False),
    ("", '{"polymorphic_load": "selectin", "concrete": True}', False),
]


@pytest.mark.parametrize(("above", "below", "along"), BELOW)
def test_tables_of_subclasses_are_read_along_where_the_mapping_says_so(
    draw: Draw, above: str, below: str, along: bool
) -> None:
    source = f"""
    KIND = make()
    class Pet(Base):
        __tablename__ = "pets"
        id, kind = Column(Integer, primary_key=True), Column(Integer)
        {above}
    class Cat(Pet):
        __tablename__ = "cats"
        id = Column(ForeignKey("pets.id"), primary_key=True)
        __mapper_args__ = {below}
    def f(s: Session): return s.query(Pet).all()
    def g(s: Session): return s.query(Animal).all()
    """
    app = draw({"m.py": textwrap.dedent(JOINED) + textwrap.dedent(source)})
    assert app.accesses() == {("m:f", "read", "pets"), ("m:g", "read", "animals")} | (
        {("m:f", "read", "cats")} if along else set()
    )


def test_what_may_be_of_many_classes_has_a_part_in_the_table_above_them(draw: Draw) -> None:
    below = "".join(
        f"class D{n}(Animal):\n    __tablename__ = 'd{n}'\n    id = Column(ForeignKey('animals.id'), primary_key=True)\n"
        for n in range(8)
    )
    uses = "".join(f"def f{n}(dog: D{n}, **fields): change(dog, fields)\n" for n in range(8))
    change = "def change(animal, fields):\n    for name in fields: setattr(animal, name, fields[name])\n"
    app = draw({"m.py": textwrap.dedent(JOINED) + below + change + uses})
    assert {found for found in app.accesses() if found[0] == "m:change"} == {("m:change", "update", "animals")}
    assert [spot.line for spot in app.blind_spots("unknown table")]


CHANGES = [
    pytest.param(
        "def f(order: Order, data):\n    for name in data: setattr(order, name, data[name])", id="any attribute"
    ),
    pytest.param("def f(order: Order): order.mail = 1", id="a column of another name"),
    pytest.param(
        "from flask_wtf import FlaskForm\nclass F(FlaskForm): pass\ndef f(order: Order): F().populate_obj(order)",
        id="a form",
    ),
    pytest.param(
        """
from flask_marshmallow import Marshmallow
ma = Marshmallow()
class OrderSchema(ma.SQLAlchemyAutoSchema):
    class Meta: model = Order
def f(order: Order, data): OrderSchema().load(data, instance=order)
""",
        id="a schema",
    ),
    pytest.param(
        "from sqlalchemy.orm.attributes import flag_modified\ndef f(order: Order): flag_modified(order, 'mail')",
        id="marked as changed",
    ),
]


@pytest.mark.parametrize("source", CHANGES)
def test_changes_of_an_object(draw: Draw, source: str) -> None:
    models = """
    from sqlalchemy import Column, Integer
    from sqlalchemy.orm import declarative_base
    Base = declarative_base()
    class Order(Base):
        __tablename__ = "orders"
        id = Column(Integer, primary_key=True)
        mail = Column("email", Integer)
    """
    app = draw({"models.py": models, "m.py": f"from models import Order\n{source}"})
    assert app.accesses() == {("m:f", "update", "orders")}


@pytest.mark.parametrize(
    ("body", "read"),
    [
        ("user = s.get(User, 1); user.orders = []", True),
        ("user = User(); user.orders = []; s.add(user)", False),
        ("user = s.get(User, 1); user.name = 'x'", False),
    ],
)
def test_a_collection_that_is_replaced_is_read_first(draw: Draw, body: str, read: bool) -> None:
    app = draw({"models.py": MODELS, "m.py": f"from models import *\ndef f(s: Session):\n    {body}\n"})
    assert (("m:f", "read", "orders") in app.accesses()) == read


@pytest.mark.parametrize(
    ("option", "written"), [("", {"update orders"}), ("viewonly=True", set()), ("cascade='all'", {"delete orders"})]
)
def test_a_relation_that_is_only_for_reading_is_not_written_through(draw: Draw, option: str, written: set[str]) -> None:
    source = f"""
    from sqlalchemy import *
    from sqlalchemy.orm import *
    class Base(DeclarativeBase): pass
    class Order(Base):
        __tablename__ = "orders"
        id: Mapped[int] = mapped_column(primary_key=True)
        user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    class User(Base):
        __tablename__ = "users"
        id: Mapped[int] = mapped_column(primary_key=True)
        orders: Mapped[list[Order]] = relationship({option})
    def f(s: Session, user: User): s.delete(user)
    """
    changed = {f"{a.operation} {a.table}" for a in draw(source).system.accesses if a.operation != "read"}
    assert changed == {"delete users"} | written


def test_what_a_schema_loads_is_its_model(draw: Draw) -> None:
    source = """
    from sqlalchemy.orm import Session
    from marshmallow_sqlalchemy import SQLAlchemyAutoSchema
    from models import Tag
    class TagSchema(SQLAlchemyAutoSchema):
        class Meta:
            model = Tag
    def f(s: Session, data): s.add(TagSchema().load(data))
    """
    app = draw({"models.py": MODELS, "m.py": textwrap.dedent(source)})
    assert {found for found in app.accesses() if found[0] == "m:f"} == {("m:f", "insert", "tags")}


SHOWN = [
    (
        "class Shown(SQLAlchemySchema):\n    class Meta: model = User\n    name = auto_field()",
        "Shown().dump(user)",
        set(),
    ),
    ("class Shown(SQLAlchemySchema):\n    orders = Nested(Inner, many=True)", "Shown().dump(user)", {"orders"}),
    (
        "class Shown(SQLAlchemySchema):\n    orders = Nested(Inner(only=['tags']))",
        "Shown(many=True).dumps([user])",
        {"orders"},
    ),
    ("class Shown(Inner):\n    user = fields.Nested(Other)", "Shown().dump(order)", {"users", "tags", "tagging"}),
    ("class Shown(ModelSchema):\n    class Meta: model = Order", "Shown().dump(order)", {"users", "tags", "tagging"}),
]


@pytest.mark.parametrize(("declared", "shown", "expected"), SHOWN)
def test_a_schema_that_shows_a_row_reads_the_relations_that_it_has(
    draw: Draw, declared: str, shown: str, expected: set[str]
) -> None:
    source = f"""
from marshmallow import fields
from marshmallow.fields import Nested
from marshmallow_sqlalchemy import ModelSchema, SQLAlchemySchema, auto_field
from models import Order, User
class Inner(SQLAlchemySchema):
    class Meta: model = Order
    status = auto_field()
    tags = fields.List(fields.String())
class Other(SQLAlchemySchema):
    name = auto_field()
{declared}
def f(user: User, order: Order): return {shown}
"""
    if "Nested(Inner" in declared:
        expected = expected | {"tags", "tagging"}
    app = draw({"models.py": MODELS, "m.py": source})
    assert {a.table for a in app.system.accesses if a.definition == "m:f"} == expected


SQLMODEL = """
    from sqlmodel import Field, Relationship, Session, SQLModel, col, select
    class Link(SQLModel, table=True):
        hero_id: int = Field(foreign_key="hero.id", primary_key=True)
        team_id: int = Field(foreign_key="team.id", primary_key=True)
    class Team(SQLModel, table=True):
        id: int | None = Field(default=None, primary_key=True)
        heroes: list["Hero"] = Relationship(back_populates="team")
        fans: list["Hero"] = Relationship(link_model=Link)
    class Hero(SQLModel, table=True):
        id: int | None = Field(default=None, primary_key=True)
        team_id: int | None = Field(default=None, foreign_key="team.id")
        team: Team | None = Relationship(back_populates="heroes")
"""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("[hero.id for hero in team.heroes]", {"read hero"}),
        ("team.fans", {"read hero", "read link"}),
        ("s.get(Hero, 1).team", {"read hero", "read team"}),
        ("s.exec(select(Hero).where(col(Hero.team_id).in_(select(Team.id)))).all()", {"read hero", "read team"}),
        ("s.add(Hero.model_validate({}))", {"insert hero"}),
        ("team.sqlmodel_update({})", {"update team"}),
    ],
)
def test_sqlmodel(draw: Draw, body: str, expected: set[str]) -> None:
    app = draw({"models.py": SQLMODEL, "m.py": f"from models import *\ndef f(s: Session, team: Team): {body}\n"})
    assert {f"{operation} {table}" for _, operation, table in app.accesses()} == expected


@pytest.mark.parametrize(
    ("base", "given"),
    [
        ("Base = declarative_base()", "Base.query = session.query_property()"),
        ("@as_declarative()\nclass Base: pass", "def start(): Base.query = session.query_property()"),
        ("class Base(DeclarativeBase): query = session.query_property()", ""),
    ],
    ids=["the library's base", "the application's base, later", "in the body"],
)
def test_a_query_that_is_given_to_the_base_is_of_the_rows_of_each_class(draw: Draw, base: str, given: str) -> None:
    models = (
        "from sqlalchemy import Column, Integer\n"
        "from sqlalchemy.orm import DeclarativeBase, as_declarative, declarative_base, scoped_session, sessionmaker\n"
        f"session = scoped_session(sessionmaker())\n{base}\n{given}\n"
        "class Found:\n"
        "    @classmethod\n    def find(cls, id): return cls.query.filter_by(id=id).first()\n"
        "class Order(Found, Base):\n    __tablename__ = 'orders'\n    id = Column(Integer, primary_key=True)\n"
        "class User(Found, Base):\n    __tablename__ = 'users'\n    id = Column(Integer, primary_key=True)\n"
    )
    source = "from models import Order, User\ndef f(): return Order.query.count()\ndef g(): return User.find(1)\n"
    app = draw({"models.py": models, "m.py": source})
    assert app.executed() == {("m:f", "read", "orders"), ("models:Found.find", "read", "users")}


@pytest.mark.parametrize("options", ['{"lazy": "joined"}', '{"lazy": HOW, "cascade": f"{HOW}"}', 'dict(lazy="joined")'])
def test_what_sqlmodel_hands_on_to_sqlalchemy_says_what_is_loaded_along(draw: Draw, options: str) -> None:
    models = f"""
    from sqlmodel import Field, Relationship, SQLModel
    HOW = "joined"
    class Team(SQLModel, table=True):
        id: int = Field(primary_key=True)
        heroes: list["Hero"] = Relationship(back_populates="team", sa_relationship_kwargs={options})
    class Hero(SQLModel, table=True):
        team_id: int = Field(foreign_key="team.id", primary_key=True)
        team: Team = Relationship(back_populates="heroes")
    """
    source = "from sqlmodel import Session\nfrom models import Team\ndef f(s: Session): return s.get(Team, 1)\n"
    app = draw({"models.py": models, "m.py": source})
    assert app.accesses() == {("m:f", "read", "team"), ("m:f", "read", "hero")}


@pytest.mark.parametrize("home", ["sqlmodel.sql.expression", "a_package_of_which_nothing_is_known"])
def test_a_page_of_a_query_is_of_the_rows_of_who_asks_for_it(draw: Draw, home: str) -> None:
    pages = f"""
    from typing import TypeVar
    from {home} import Select, SelectOfScalar
    from sqlmodel import Session
    T = TypeVar("T")
    def page(s: Session, query: Select[T] | SelectOfScalar[T], size: int) -> tuple[Select[T] | SelectOfScalar[T], int]:
        return query.limit(size), s.execute(query).scalar()
    """
    source = """
    from sqlmodel import Session, select
    from models import Hero, Team
    from pages import page
    def heroes(s: Session):
        query, count = page(s, select(Hero), 9)
        return s.execute(query).all()
    def teams(s: Session):
        query, count = page(s, select(Team), 9)
        return s.execute(query).all()
    """
    app = draw({"models.py": SQLMODEL, "pages.py": pages, "m.py": source})
    assert {access for access in app.executed() if access[0] != "pages:page"} == {
        ("m:heroes", "read", "hero"), ("m:teams", "read", "team"),
    }  # fmt: skip


def test_what_a_caller_asks_for_later_is_not_loaded_before(draw: Draw) -> None:
    source = """
    from models import Order, User
    def name(order: Order): return order.user.name
    def show(s: Session):
        order = s.query(Order).first()
        text = name(order)
        return text, order.user
    """
    app = draw({"models.py": MODELS, "m.py": f"from sqlalchemy.orm import Session\n{textwrap.dedent(source)}"})
    assert ("m:name", "read", "users") in app.accesses()


def test_a_function_that_hands_everything_on_makes_tables_for_its_callers(draw: Draw) -> None:
    files = {
        "compat.py": """
        import sqlalchemy as sa
        def Table(*args, **options):
            options["mysql_engine"] = "InnoDB"
            return sa.Table(*args, **options)
        """,
        "model.py": """
        import sqlalchemy as sa
        import compat
        class Model:
            metadata = sa.MetaData()
            builders = compat.Table("builders", metadata, sa.Column("id", sa.Integer, primary_key=True))
            builds = compat.Table("builds", metadata, sa.Column("builder", sa.ForeignKey("builders.id")))
        """,
        "m.py": """
        import sqlalchemy as sa
        from model import Model
        class Builders:
            def __init__(self): self.model = Model()
            def remove(self, name):
                def work(connection: sa.engine.Connection):
                    table = self.model.builders
                    connection.execute(table.delete().where(table.c.id == name))
                return work
        """,
    }
    app = draw(files)
    assert {"builders", "builds"} <= {table.name for table in app.system.tables}
    assert ("m:Builders.remove.work", "delete", "builders") in app.accesses()
    assert not any(table == "builds" for _, _, table in app.accesses())
    assert [(key.table, key.target_table) for key in app.system.foreign_keys] == [("builds", "builders")]


EIGHT = """
from sqlalchemy import Column, Integer
from sqlalchemy.orm import Session, declarative_base
Base = declarative_base()
""" + "\n".join(
    f"class T{number}(Base):\n    __tablename__ = 't{number}'\n    id = Column(Integer, primary_key=True)"
    for number in range(8)
)


def test_tables_that_shared_code_may_mean_are_guessed(draw: Draw) -> None:
    source = f"""{EIGHT}
def fetch(session: Session, model):
    return session.query(model).all()
def use(session: Session):
    {"; ".join(f"fetch(session, T{number})" for number in range(8))}
"""
    app = draw(source)
    assert not any(definition == "m:fetch" for definition, _, _ in app.accesses())
    assert [spot.reason for spot in app.blind_spots("unknown table")] == [
        "read of one of 8 tables: too many callers share this code"
    ]
    guessed = {(a.table, a.operation, a.resolution) for a in app.system.alternatives if a.definition == "m:fetch"}
    assert guessed == {(f"t{number}", "read", "guessed") for number in range(8)}


def test_each_object_that_is_made_for_a_model_is_told_of_its_table(draw: Draw) -> None:
    source = f"""{EIGHT}
class Store:
    def __init__(self, session: Session, model):
        self.session = session
        self.model = model
    def all(self): return self.session.query(self.model).all()
def use(session: Session):
    {"; ".join(f"Store(session, T{number}).all()" for number in range(8))}
"""
    app = draw(source)
    assert {a for a in app.accesses() if a[0] == "m:Store.all"} == {
        ("m:Store.all", "read", f"t{number}") for number in range(8)
    }
    assert not app.blind_spots("unknown table")


@pytest.mark.parametrize(
    ("loop", "operation"),
    [
        ("for t in Base.metadata.sorted_tables: c.execute(t.select())", "read"),
        ("[c.execute(select(t)) for t in Base.metadata.tables.values()]", "read"),
        ("for name, t in Base.metadata.tables.items(): c.execute(t.delete())", "delete"),
    ],
)
def test_what_is_done_to_every_table_is_told_of_each_and_ties_none(draw: Draw, loop: str, operation: str) -> None:
    many = "\n".join(f"t{n} = Table('t{n}', Base.metadata, Column('id', Integer))" for n in range(4))
    app = draw(
        {
            "models.py": textwrap.dedent(MODELS) + many,
            "m.py": f"from models import *\ndef f(c: Connection):\n    {loop}\n",
        }
    )
    told = [a for a in app.system.alternatives if a.definition == "m:f"]
    assert {(a.table, a.operation) for a in told} == {(table.name, operation) for table in app.system.tables}
    assert {a.resolution for a in told} == {"guessed"}
    assert ["of every table" in spot.reason for spot in app.blind_spots("unknown table")] == [True]


def test_layers_of_shared_helpers_are_told_apart_by_who_calls_them(draw: Draw) -> None:
    names = [f"T{number}" for number in range(8)]
    models = "\n".join(
        f"class {name}(Base):\n    __tablename__ = '{name.lower()}'\n    id = Column(Integer, primary_key=True)\n    name = Column(String)"
        for name in names
    )
    files = {
        "shop/__init__.py": "",
        "shop/models.py": f"""
from sqlalchemy import Column, Integer, String
from sqlalchemy.orm import declarative_base
Base = declarative_base()
{models}
""",
        "shop/store.py": """
            from sqlalchemy.orm import Session
            session = Session()
            def begin(model): return session.query(model)
            def find(model, value):
                query = begin(model)
                return query.filter(model.id == value).scalar()
        """,
        **{
            f"shop/{name.lower()}.py": f"""
                from shop import store
                from shop.models import {name}
                def get(id): return store.find({name}, id)
                def change(id, name):
                    row = get(id)
                    row.name = name
                    store.session.commit()
            """
            for name in names
        },
    }
    written = {(a.definition, a.table) for a in draw(files).system.accesses if a.operation == "update"}
    assert written == {(f"shop.{name.lower()}:change", name.lower()) for name in names}


def test_a_column_that_very_many_tables_have_says_of_none_that_it_is_written(draw: Draw) -> None:
    names = [f"T{number}" for number in range(8)]
    models = "\n".join(
        f"class {name}(Base):\n    __tablename__ = '{name.lower()}'\n    id = Column(Integer, primary_key=True)\n    name = Column(String)"
        for name in names
    )
    source = f"""
from sqlalchemy import Column, Integer, String
from sqlalchemy.orm import Session, declarative_base
Base = declarative_base()
{models}
def rename(row, session: Session):
    row.name = "x"
    session.commit()
def use(session: Session):
    {"; ".join(f"rename({name}(), session)" for name in names)}
"""
    app = draw(source)
    assert ("m:rename", "update", "t0") not in app.accesses()
    assert "update of one of 8 tables: too many callers share this code" in {
        spot.reason for spot in app.blind_spots("unknown table")
    }


FILTERED = """
    from sqlalchemy import Column, Integer, select
    from sqlalchemy.orm import Session, declarative_base
    Base = declarative_base()
    {models}
    class Range:
        def __init__(self, column): self.column = column
        def narrow(self, statement, low):
            statement = statement.where(self.column >= low)
            return statement.where(self.column < low + 1)
    def ranges(): return [{ranges}]
    def first(session: Session, low, limit: Range): return session.scalars(limit.narrow(select(M0), low)).all()
    def second(session: Session, low, limit: Range): return session.scalars(limit.narrow(select(M1), low)).all()
"""


def _filtered(draw: Draw, count: int, *, columns_from: int) -> tuple[set[str], set[str], list[str]]:
    """What two functions read for sure, what is guessed, and the blind spots; columns of models from a number on are filtered by."""
    models = "\n    ".join(
        f'class M{n}(Base):\n        __tablename__ = "t{n}"\n        id = Column(Integer, primary_key=True)'
        for n in range(count)
    )
    ranges = ", ".join(f"Range(M{n}.id)" for n in range(columns_from, count))
    app = draw(FILTERED.format(models=models, ranges=ranges))
    read = {f"{a.definition} {a.table} {a.resolution}" for a in app.system.accesses if a.role == "execute"}
    guessed = {f"{a.definition} {a.table}" for a in app.system.alternatives}
    return read, guessed, [spot.reason for spot in app.blind_spots("unknown table")]


def test_columns_of_the_queries_own_tables_join_nothing(draw: Draw) -> None:
    read, guessed, blind = _filtered(draw, 2, columns_from=0)
    assert read == {"m:first t0 exact", "m:second t1 exact"}
    assert not guessed
    assert not blind


def test_a_variable_column_joins_one_of_few_tables(draw: Draw) -> None:
    read, guessed, _ = _filtered(draw, 4, columns_from=2)
    joined = {f"m:{name} {table} inferred" for name in ("first", "second") for table in ("t2", "t3")}
    assert read == {"m:first t0 exact", "m:second t1 exact"} | joined
    assert not guessed


def test_a_variable_column_of_one_of_many_tables_joins_none_that_is_known(draw: Draw) -> None:
    read, guessed, blind = _filtered(draw, 10, columns_from=2)
    assert read == {"m:first t0 exact", "m:second t1 exact"}
    assert {f"m:first t{n}" for n in range(2, 10)} <= guessed
    assert "read of one of 8 tables: too many callers share this code" in blind


COMPARED = """
    from sqlalchemy import Column, Integer, or_, select
    from sqlalchemy.orm import Session, declarative_base
    Base = declarative_base()
    class Pool(Base):
        __tablename__ = "pools"
        id = Column(Integer, primary_key=True)
        size = Column(Integer)
    class Team(Base):
        __tablename__ = "teams"
        id = Column(Integer, primary_key=True)
    class Above:
        def __init__(self, column): self.column = column
        def narrow(self, statement, low): return statement.where({condition})
    def above_size(): return Above(Pool.size)
    def above_team(): return Above(Team.id)
    def pools(session: Session, low, limit: Above): return session.scalars(limit.narrow(select(Pool), low)).all()
"""


@pytest.mark.parametrize(
    "condition",
    [
        "self.column > low",
        "self.column.in_([low])",
        "or_(*(self.column == each for each in low))",
        "or_(self.column == low, self.column.is_(None))",
    ],
)
def test_a_variable_column_that_may_be_one_of_the_querys_own_is_that_one(draw: Draw, condition: str) -> None:
    app = draw(COMPARED.format(condition=condition))
    assert {(a.definition, a.table) for a in app.system.accesses if a.role == "execute"} == {("m:pools", "pools")}
    assert not app.system.alternatives


def test_a_declared_query_of_any_rows_is_those_that_callers_give(draw: Draw) -> None:
    text = COMPARED.format(condition="self.column > low").replace("or_, select", "or_, select, Select")
    app = draw(text.replace("statement, low", "statement: Select, low"))
    assert {(a.definition, a.table) for a in app.system.accesses if a.role == "execute"} == {("m:pools", "pools")}
    assert not app.system.alternatives


def test_a_declared_query_of_any_rows_counts_where_no_caller_gives_one(draw: Draw) -> None:
    text = COMPARED.format(condition="Pool.size > low").replace("or_, select", "or_, select, Select")
    app = draw(
        text.replace("statement, low", "statement: Select, low").replace("(select(Pool), low)", "(unknown(), low)")
    )
    assert ("m:pools", "read", "pools") in app.accesses()


def test_a_condition_over_several_tables_brings_those_that_are_not_the_querys_own(draw: Draw) -> None:
    """Its parts arrive one by one, and are no alternatives: ``Pool.id == Team.id`` is of both."""
    app = draw(
        COMPARED.format(condition="self.column")
        .replace("Above(Pool.size)", "Above(Pool.id == Team.id)")
        .replace("Above(Team.id)", "None")
    )
    assert ("m:pools", "read", "teams") in app.accesses()


SHARED = """
    from sqlalchemy import Column, Integer, select
    from sqlalchemy.orm import Session, declarative_base
    Base = declarative_base()
    {models}
    class Filter:
        def to_query(self, query): return query
    {filters}
    FILTERS = [{made}]
    def apply(query):
        for each in FILTERS:
            query = each.to_query(query)
        return query
    {callers}
    def pools(session: Session): return session.scalars(apply(select(M0))).all()
    def own(session: Session): return session.scalars(apply(select(M0).join(M1, M1.id == M0.id))).all()
"""


def test_what_one_or_the_other_of_many_queries_joins_is_guessed_where_they_all_arrive(draw: Draw) -> None:
    count = 12
    app = draw(
        SHARED.format(
            models="\n    ".join(
                f'class M{n}(Base):\n        __tablename__ = "t{n}"\n        id = Column(Integer, primary_key=True)'
                for n in range(count)
            ),
            filters="\n    ".join(
                f"class F{n}(Filter):\n        def to_query(self, query): return query.join(M{n}, M{n}.id == 1)"
                for n in range(1, count)
            ),
            made=", ".join(f"F{n}()" for n in range(1, count)),
            callers="\n    ".join(
                f"def c{n}(session: Session): return session.scalars(apply(select(M{n}))).all()" for n in range(count)
            ),
        )
    )
    told = {(a.definition, a.table) for a in app.system.accesses if a.role == "execute"}
    guessed = {(a.definition, a.table) for a in app.system.alternatives}
    assert not {("m:pools", f"t{n}") for n in range(1, count)} & told
    assert {("m:pools", f"t{n}") for n in range(1, 7)} <= guessed
    assert ("m:own", "t1") in told


def test_what_only_some_of_the_queries_that_arrive_join_is_not_sure(draw: Draw) -> None:
    app = draw("""
        from sqlalchemy import Column, Integer, select
        from sqlalchemy.orm import Session, declarative_base
        Base = declarative_base()
        class Pool(Base):
            __tablename__ = "pools"
            id = Column(Integer, primary_key=True)
        class Room(Base):
            __tablename__ = "rooms"
            id = Column(Integer, primary_key=True)
        class Team(Base):
            __tablename__ = "teams"
            id = Column(Integer, primary_key=True)
        def narrowed(query, deep):
            if deep:
                query = query.join(Team, Team.id == Pool.id)
            return query
        def pools(session: Session):
            return session.scalars(narrowed(select(Pool).join(Room, Room.id == Pool.id), False)).all()
    """)
    assert {
        (a.table, a.resolution) for a in app.system.accesses if a.definition == "m:pools" and a.role == "execute"
    } == {
        ("pools", "exact"),
        ("rooms", "exact"),
        ("teams", "inferred"),
    }


def test_what_the_function_joins_itself_is_told_apart_from_what_shared_code_adds_for_others(draw: Draw) -> None:
    models = "\n    ".join(
        f'class M{n}(Base):\n        __tablename__ = "t{n}"\n        id = Column(Integer, primary_key=True)'
        for n in range(9)
    )
    joins = "".join(f".join(M{n}, M{n}.id == 1)" for n in range(2, 9))
    app = draw(f"""
    from sqlalchemy import Column, Integer, select
    from sqlalchemy.orm import Session, declarative_base
    Base = declarative_base()
    {models}
    def wide(query, more):
        if more:
            query = query{joins}
        return query
    def own(session: Session): return session.scalars(wide(select(M0).join(M1, M1.id == M0.id), False)).all()
    """)
    assert {a.table for a in app.system.accesses if a.definition == "m:own" and a.role == "execute"} == {"t0", "t1"}
    assert {a.table for a in app.system.alternatives} == {f"t{n}" for n in range(2, 9)}


def test_of_many_queries_that_arrive_the_one_made_here_is_run(draw: Draw) -> None:
    count = 12
    app = draw(
        SHARED.format(
            models="\n    ".join(
                f'class M{n}(Base):\n        __tablename__ = "t{n}"\n        id = Column(Integer, primary_key=True)'
                for n in range(count)
            ),
            filters="ASKED = []",
            made="Filter()",
            callers="\n    ".join(
                f"def c{n}(session: Session): return session.scalars(apply(select(M{n}))).all()" for n in range(count)
            ),
        ).replace("query = each.to_query(query)", "ASKED.append(query)\n        query = ASKED[-1]")
    )
    told = {(a.table, a.resolution) for a in app.system.accesses if a.role == "execute" and a.definition == "m:c3"}
    assert told == {("t3", "inferred")}
    assert {f"t{n}" for n in range(count)} - {"t3"} == {
        a.table for a in app.system.alternatives if a.definition == "m:c3"
    }


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (".all()", {"read orders", "read users"}),
        (".count()", {"read orders"}),
        (".delete()", {"delete orders"}),
        (".update({})", {"update orders"}),
    ],
)
def test_what_options_load_along_is_not_read_by_what_counts_or_changes(
    draw: Draw, end: str, expected: set[str]
) -> None:
    app = draw(f"""
        from sqlalchemy import Column, ForeignKey, Integer
        from sqlalchemy.orm import Session, declarative_base, joinedload, relationship
        Base = declarative_base()
        class User(Base):
            __tablename__ = "users"
            id = Column(Integer, primary_key=True)
        class Order(Base):
            __tablename__ = "orders"
            id = Column(Integer, primary_key=True)
            user_id = Column(ForeignKey("users.id"))
            user = relationship(User)
        def f(session: Session): session.query(Order).options(joinedload(Order.user)){end}
    """)
    ran = {f"{a.operation} {a.table}" for a in app.system.accesses if a.role == "execute"}
    assert ran == expected


def test_what_stands_for_one_of_a_relation_may_go_through_one_that_the_other_side_declares(draw: Draw) -> None:
    app = draw("""
        from sqlalchemy import Column, ForeignKey, Integer
        from sqlalchemy.ext.associationproxy import association_proxy
        from sqlalchemy.orm import Session, backref, declarative_base, relationship
        Base = declarative_base()
        class Book(Base):
            __tablename__ = "books"
            id = Column(Integer, primary_key=True)
            picture = association_proxy("cover", "picture")
        class Picture(Base):
            __tablename__ = "pictures"
            id = Column(Integer, primary_key=True)
            width = Column(Integer)
        class Cover(Base):
            __tablename__ = "covers"
            book_id = Column(ForeignKey("books.id"), primary_key=True)
            book = relationship(Book, backref=backref("cover", uselist=False))
            picture_id = Column(ForeignKey("pictures.id"))
            picture = relationship(Picture)
        def show(book: Book):
            picture = book.picture
            return picture.width if picture else 0
        def title(book: Book):
            return book.id
    """)
    assert app.accesses() == {("m:show", "read", "covers"), ("m:show", "read", "pictures")}


LOADED_ALONG = [
    "joinedload(Line.order).options(joinedload(Order.customer))",
    "joinedload(Line.order).load_only(Order.id).options(selectinload(Order.customer).load_only(Customer.id))",
    "joinedload(Line.order).defer(Order.id).immediateload(Order.customer)",
    "joinedload(Line.order).options(load_only(Order.id), raiseload('*'), joinedload(Order.customer))",
]


@pytest.mark.parametrize("option", LOADED_ALONG)
def test_options_inside_of_options_load_along(draw: Draw, option: str) -> None:
    app = draw(
        f"""
        from sqlalchemy import ForeignKey, select
        from sqlalchemy.orm import (
            DeclarativeBase, Mapped, Session, joinedload, load_only, mapped_column, raiseload, relationship, selectinload
        )
        class Base(DeclarativeBase):
            id: Mapped[int] = mapped_column(primary_key=True)
        class Customer(Base):
            __tablename__ = "customers"
        class Order(Base):
            __tablename__ = "orders"
            customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
            customer: Mapped[Customer] = relationship()
        class Line(Base):
            __tablename__ = "lines"
            order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
            order: Mapped[Order] = relationship()
        def f(session: Session): return session.scalars(select(Line).options({option})).all()
        """
    )
    assert app.executed() == {("m:f", "read", table) for table in ("lines", "orders", "customers")}


ORPHANS = """
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
class Base(DeclarativeBase): pass
class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    lines: Mapped[list["Line"]] = relationship(cascade="all, delete-orphan")
    notes: Mapped[list["Note"]] = relationship()
class Line(Base):
    __tablename__ = "lines"
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
"""


@pytest.mark.parametrize(
    ("change", "written"),
    [
        ("order.lines.pop()", {"delete lines"}),
        ("order.lines.remove(line)", {"delete lines"}),
        ("order.lines.clear()", {"delete lines"}),
        ("del order.lines[0]", {"delete lines"}),
        ("order.lines = [line]", {"update lines", "delete lines"}),
        ("order.lines.append(line)", {"update lines"}),
        ("order.notes.pop()", {"update notes"}),
        ("del order.notes[0]", {"update notes"}),
    ],
)
def test_rows_that_a_collection_no_longer_has_are_deleted_where_it_says_so(
    draw: Draw, change: str, written: set[str]
) -> None:
    app = draw(
        f"{ORPHANS}\ndef f(s: Session, line: Line):\n    order = s.get(Order, 1)\n    {change}\n    s.commit()\n"
    )
    told = {(operation, table) for definition, operation, table in app.accesses() if definition == "m:f"}
    assert {f"{operation} {table}" for operation, table in told if operation != "read"} == written


@pytest.mark.parametrize(
    ("body", "read"),
    [
        ("s.get(Order, 1)", {"orders", "lines"}),
        ("s.scalars(select(Order)).all()", {"orders", "lines"}),
        ("s.scalars(select(Order.size)).all()", {"orders", "lines"}),
        ("s.scalars(select(Order.id)).all()", {"orders"}),
        ("s.get(Box, 1)", {"boxes"}),
    ],
)
def test_a_column_that_a_query_computes_asks_its_tables_with_each_row(draw: Draw, body: str, read: set[str]) -> None:
    app = draw(f"""
        from sqlalchemy import ForeignKey, func, select
        from sqlalchemy.orm import DeclarativeBase, Mapped, Session, column_property, mapped_column
        class Base(DeclarativeBase): pass
        class Line(Base):
            __tablename__ = "lines"
            id: Mapped[int] = mapped_column(primary_key=True)
            order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
        class Order(Base):
            __tablename__ = "orders"
            id: Mapped[int] = mapped_column(primary_key=True)
            size = column_property(select(func.count(Line.id)).where(Line.order_id == id).scalar_subquery())
        class Box(Base):
            __tablename__ = "boxes"
            id: Mapped[int] = mapped_column(primary_key=True)
            size = column_property(select(func.count(Line.id)).scalar_subquery(), deferred=True)
            doubled = column_property(id * 2)
        def f(s: Session): return {body}
    """)
    told = {(o, t) for definition, o, t in app.accesses() if definition == "m:f"}
    assert told == {("read", table) for table in read}


@pytest.mark.parametrize(
    ("declared", "read"),
    [
        ("relationship('Line', lazy=False)", {"orders", "lines"}),
        ("relationship('Line', lazy='joined')", {"orders", "lines"}),
        ("relationship('Line', lazy=True)", {"orders"}),
        ("relationship('Line', backref=backref('order', lazy=False))", {"orders"}),
    ],
)
def test_a_relation_that_is_not_lazy_is_read_with_its_owner(draw: Draw, declared: str, read: set[str]) -> None:
    app = draw(f"""
        from sqlalchemy import ForeignKey
        from sqlalchemy.orm import DeclarativeBase, Mapped, Session, backref, mapped_column, relationship
        class Base(DeclarativeBase): pass
        class Order(Base):
            __tablename__ = "orders"
            id: Mapped[int] = mapped_column(primary_key=True)
            lines = {declared}
        class Line(Base):
            __tablename__ = "lines"
            id: Mapped[int] = mapped_column(primary_key=True)
            order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
        def f(s: Session): return s.get(Order, 1)
        def g(s: Session): return s.get(Line, 1)
    """)
    assert {t for definition, o, t in app.accesses() if definition == "m:f"} == read
    back = {"lines", "orders"} if "backref" in declared else {"lines"}
    assert {t for definition, o, t in app.accesses() if definition == "m:g"} == back


ROWS_OF_SEVERAL = [
    "for order, user in s.execute(select(Order, User)): user.name = ''",
    "for user, n in s.query(User, func.count(Order.id)).filter(User.id == 1).all(): user.name = ''",
    "s.query(Order.id, User).first()[1].name = ''",
    "for n, (order, user) in enumerate(s.execute(select(Order, User)).all()): user.name = ''",
    "for row in s.execute(select(Order, User)): row.User.name = ''",
    "for user in [user for order, user in s.query(Order).with_entities(Order, aliased(User))]: user.name = ''",
]


@pytest.mark.parametrize("body", ROWS_OF_SEVERAL)
def test_a_row_of_several_is_known_by_position_and_by_name(draw: Draw, body: str) -> None:
    app = draw({"models.py": MODELS, "m.py": f"from models import *\ndef f(s: Session):\n    {body}\n"})
    assert {table for _, operation, table in app.accesses() if operation == "update"} == {"users"}


def test_a_statement_about_several_classes_reads_them_all_for_sure(draw: Draw) -> None:
    source = "from models import *\ndef f(s: Session): return s.execute(select(Order, User)).all()\n"
    app = draw({"models.py": MODELS, "m.py": source})
    assert {(access.table, access.resolution) for access in app.system.accesses} == {
        ("orders", "exact"),
        ("users", "exact"),
    }


def test_a_row_of_columns_or_of_unknown_many_tells_nothing(draw: Draw) -> None:
    source = """
    from models import *
    def columns(s: Session):
        for key, name in s.execute(select(User.id, User.name)): key.name = name
    def some(s: Session, *wanted):
        for first, second in s.execute(select(Order, *wanted)): second.name = ""
    """
    app = draw({"models.py": MODELS, "m.py": textwrap.dedent(source)})
    assert not [found for found in app.accesses() if found[1] == "update"]


def test_models_have_the_class_of_queries_that_their_extension_is_given(draw: Draw) -> None:
    source = """
    from flask_sqlalchemy import SQLAlchemy
    from flask_sqlalchemy.query import Query
    class Queries(Query):
        def active(self, key): return self.filter_by(id=key).first()
    db = SQLAlchemy(query_class=Queries)
    class Order(db.Model):
        id = db.Column(db.Integer, primary_key=True)
    class Line(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        order_id = db.Column(db.ForeignKey("order.id"))
    def order(): return Order.query.active(1)
    def lines(): return Line.query.filter_by(order_id=1).active(1)
    """
    app = draw(textwrap.dedent(source))
    assert app.calls("call") >= {("m:order", "m:Queries.active"), ("m:lines", "m:Queries.active")}
    assert {found for found in app.accesses() if found[0] == "m:Queries.active"} == {
        ("m:Queries.active", "read", "order"),
        ("m:Queries.active", "read", "line"),
    }
    assert not [spot for spot in app.system.blind_spots if spot.kind == "unresolved call"]


IMPERATIVE = """
from sqlalchemy import *
from sqlalchemy.orm import *
reg = registry()
boxes = Table("boxes", reg.metadata, Column("id", Integer, primary_key=True))
tools = Table("tools", reg.metadata, Column("id", Integer, primary_key=True), Column("box_id", ForeignKey("boxes.id")))
class Box: pass
class Tool: pass
def map_all():
    reg.map_imperatively(Box, boxes)
    reg.map_imperatively(Tool, tools, properties={"box": relationship(Box, backref="tools"), "number": tools.c.id})
"""


@pytest.mark.parametrize(
    ("body", "read"),
    [
        ("s.get(Tool, 1).box", {"tools", "boxes"}),
        ("s.get(Box, 1).tools", {"tools", "boxes"}),
        ("s.query(Tool).options(joinedload(Tool.box)).all()", {"tools", "boxes"}),
        ("s.get(Tool, 1).number", {"tools"}),
    ],
)
def test_relations_among_the_properties_of_a_call_that_maps_a_class(draw: Draw, body: str, read: set[str]) -> None:
    app = draw(f"{IMPERATIVE}\ndef f(s: Session): return {body}\n")
    assert {table for definition, operation, table in app.accesses() if definition == "m:f"} == read


def test_a_relation_that_is_asked_for_beside_it_makes_no_new_row_one_that_is_there(draw: Draw) -> None:
    source = """
    from sqlmodel import Field, Relationship, Session, SQLModel
    class User(SQLModel, table=True):
        id: int = Field(primary_key=True)
    class Order(SQLModel, table=True):
        id: int = Field(primary_key=True)
        user_id: int = Field(foreign_key="user.id")
        user: User = Relationship()
    def copied(session: Session, order: Order):
        session.add(Order.model_validate({"user": order.user}))
    """
    assert draw(textwrap.dedent(source)).accesses() == {("m:copied", "insert", "order"), ("m:copied", "read", "user")}
