"""What shared code does in the transaction of one caller: that caller's tables, and not those of all."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from decompose.system.transactions.reached import reached_accesses, what_is_inside

if TYPE_CHECKING:
    from tests.conftest import Application, Draw

MODELS = """
    from sqlalchemy import Column, ForeignKey, Integer, String, Table
    from sqlalchemy.orm import DeclarativeBase, Session, relationship
    class Base(DeclarativeBase): pass
    class Order(Base):
        __tablename__ = "orders"
        id = Column(Integer, primary_key=True)
        name = Column(String)
        lines = relationship("Line", cascade="all, delete-orphan")
    class Line(Base):
        __tablename__ = "lines"
        id = Column(Integer, primary_key=True)
        order_id = Column(ForeignKey("orders.id"))
        name = Column(String)
    class User(Base):
        __tablename__ = "users"
        id = Column(Integer, primary_key=True)
        name = Column(String)
    class Page(Base):
        __tablename__ = "pages"
        id = Column(Integer, primary_key=True)
        name = Column(String)
    session = Session()
    """


def written(app: Application) -> set[tuple[str, tuple[str, ...]]]:
    """Definition without its module, and the tables that its transactions write."""
    return {(t.definition.partition(":")[2], t.tables_written) for t in app.system.transactions}


def test_a_row_that_is_given_to_shared_code_is_of_the_callers_table(draw: Draw) -> None:
    app = draw({
        "shop/__init__.py": "",
        "shop/models.py": MODELS,
        "shop/use.py": """
            from shop.models import Order, Page, User, session
            class Resource:
                def update_model(self, model, updates):
                    for key, value in updates.items():
                        setattr(model, key, value)
            class OrderResource(Resource):
                def post(self, number, data):
                    self.update_model(session.get(Order, number), data)
                    session.commit()
            class UserResource(Resource):
                def post(self, number, data):
                    self.update_model(session.get(User, number), data)
                    session.commit()
            class PageResource(Resource):
                def post(self, number, data):
                    one = session.get(Page, number) if data else session.get(User, number)
                    self.update_model(one, data)
                    session.commit()
            """,
    })  # fmt: skip
    assert written(app) == {
        ("OrderResource.post", ("orders",)),
        ("UserResource.post", ("users",)),
        ("PageResource.post", ("pages", "users")),
    }


@pytest.mark.parametrize("made", ["staticmethod", "classmethod"])
def test_a_function_of_a_class_that_an_inherited_method_gives_its_own_model_is_about_that(
    draw: Draw, made: str
) -> None:
    first = "cls, " if made == "classmethod" else ""
    app = draw({
        "shop/__init__.py": "",
        "shop/models.py": MODELS,
        "shop/use.py": f"""
            from shop.models import Order, Page, User, session
            class Copies:
                model = None
                @{made}
                def copy({first}model, name):
                    session.add(model(name=name))
                def post(self, name):
                    Copies.copy(self.model, name)
                    session.commit()
            class OrderCopies(Copies):
                model = Order
            class UserCopies(Copies):
                model = User
            class PageCopies(Copies):
                model = Page
            def answer(): return OrderCopies().post("a"), UserCopies().post("b"), PageCopies().post("c")
            """,
    })  # fmt: skip
    assert {t.unit: t.tables_written for t in app.system.transactions if t.unit != "shop.use:Copies"} == {
        "shop.use:OrderCopies": ("orders",),
        "shop.use:UserCopies": ("users",),
        "shop.use:PageCopies": ("pages",),
    }


def test_what_is_handed_on_is_still_that_of_the_first_caller(draw: Draw) -> None:
    app = draw({
        "shop/__init__.py": "",
        "shop/models.py": MODELS,
        "shop/use.py": """
            from shop.models import Line, Order, Page, User, session
            def rename(row, name):
                row.name = name
            def logged(function):
                def wrapper(*args, **kwargs):
                    return function(*args, **kwargs)
                return wrapper
            @logged
            def shorten(row):
                rename(row, row.name[:9])
            def keep(row):
                shorten(row)
                session.commit()
            def order(number): keep(session.get(Order, number))
            def line(number): keep(session.get(Line, number))
            def both(number):
                shorten(session.get(User, number))
                rename(session.get(Page, number), "x")
                session.commit()
            """,
    })  # fmt: skip
    assert {tables for name, tables in written(app) if name == "both"} == {("pages", "users")}
    assert {tables for name, tables in written(app) if name == "keep"} <= {("lines", "orders"), ("lines",), ("orders",)}


def test_a_generic_repository_is_a_transaction_for_each_model_and_not_one_for_all(draw: Draw) -> None:
    app = draw({
        "shop/__init__.py": "",
        "shop/models.py": MODELS,
        "shop/use.py": """
            from typing import Generic, TypeVar
            from shop.models import Line, Order, Page, User, session
            Model = TypeVar("Model")
            class Repository(Generic[Model]):
                def __init__(self, model: type[Model]) -> None:
                    self.model = model
                def one(self, number):
                    return session.get(self.model, number)
                def rename(self, number, name):
                    self.one(number).name = name
                    session.commit()
                def remove(self, number):
                    session.delete(self.one(number))
                    session.commit()
            class Repositories:
                @property
                def orders(self) -> Repository[Order]:
                    return Repository(Order)
                @property
                def users(self) -> Repository[User]:
                    return Repository(User)
                @property
                def pages(self) -> Repository[Page]:
                    return Repository(Page)
            def order(number): Repositories().orders.rename(number, "x")
            def user(number): Repositories().users.rename(number, "x")
            def gone(number, all_of_it: Repositories):
                all_of_it.orders.remove(number)
                all_of_it.pages.remove(number)
            """,
    })  # fmt: skip
    assert {tables for name, tables in written(app) if name == "Repository.rename"} == {("orders",), ("users",)}
    assert {tables for name, tables in written(app) if name == "Repository.remove"} == {
        ("lines", "orders"),
        ("pages",),
    }


def test_a_form_that_is_given_to_shared_code_saves_the_row_that_it_is_about(draw: Draw) -> None:
    app = draw({
        "shop/__init__.py": "",
        "shop/models.py": """
            from django.db import models
            class Order(models.Model):
                name = models.TextField()
                def save(self, **kwargs):
                    super().save(**kwargs)
                    Log.objects.create(text="order")
            class User(models.Model):
                name = models.TextField()
                def save(self, **kwargs):
                    super().save(**kwargs)
            class Log(models.Model):
                text = models.TextField()
            """,
        "shop/use.py": """
            from django.db import transaction
            from django.forms import ModelForm
            from shop.models import Order, User
            class OrderForm(ModelForm):
                class Meta: model, fields = Order, "__all__"
            class UserForm(ModelForm):
                class Meta: model, fields = User, "__all__"
            def save_object(form): return form.save()
            def order(data):
                with transaction.atomic():
                    save_object(OrderForm(data))
            def user(data):
                with transaction.atomic():
                    save_object(UserForm(data))
            """,
    })  # fmt: skip
    assert written(app) == {("order", ("shop_log", "shop_order")), ("user", ("shop_user",))}


def test_what_a_method_asks_of_the_classes_above_it_asks_for_its_own_object(draw: Draw) -> None:
    app = draw({
        "shop/__init__.py": "",
        "shop/models.py": MODELS,
        "shop/use.py": """
            from shop.models import Line, Order, Page, User, session
            def rename(row, name):
                row.name = name
            class Renamed:
                rename = rename
                def tell(self):
                    self.rename("x")
            class NamedOrder(Order, Renamed):
                def tell(self):
                    super().rename("order")
            class NamedUser(User, Renamed):
                def tell(self):
                    super().tell()
            def order():
                one = session.get(NamedOrder, 1)
                one.tell()
                session.commit()
            def user():
                one = session.get(NamedUser, 1)
                one.tell()
                session.commit()
            """,
    })  # fmt: skip
    assert written(app) == {("order", ("orders",)), ("user", ("users",))}


def test_where_nothing_tells_what_is_given_all_that_may_be_is_told(draw: Draw) -> None:
    app = draw({
        "shop/__init__.py": "",
        "shop/models.py": MODELS,
        "shop/use.py": """
            from shop.models import Order, User, session
            def rename(row, name): row.name = name
            def order(number):
                rename(session.get(Order, number), "x")
                session.commit()
            def user(number):
                rename(session.get(User, number), "x")
                session.commit()
            def any_one(unknown):
                rename(unknown, "x")
                session.commit()
            """,
    })  # fmt: skip
    assert written(app) == {("order", ("orders",)), ("user", ("users",)), ("any_one", ("orders", "users"))}


HOSTILE = {
    "functions that all call each other": "\n".join(
        [f"def f{i}(row):\n    row.name = 'x'\n" + "".join(f"    f{j}(row)\n" for j in range(40)) for i in range(40)]
    ),
    "a long circle": "\n".join(f"def f{i}(row):\n    row.name = 'x'\n    f{(i + 1) % 900}(row)\n" for i in range(900)),
    "a loop that hands on everything": "def f0(row, *rest, **named):\n    for one in [row, *rest]:\n"
    "        row = one\n        rest = [row, rest, one]\n        row.name = 'x'\n        f0(*rest, row, **named)\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_code_that_hands_everything_to_everybody_ends(draw: Draw, name: str) -> None:
    use = "from shop.models import Line, Order, Page, User, session\n" + HOSTILE[name]
    use += "".join(
        f"def use_{m.lower()}(number):\n    f0(session.get({m}, number))\n    session.commit()\n"
        for m in ("Line", "Order", "Page", "User")
    )
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/use.py": use})
    assert {definition for definition, _ in written(app)} == {"use_line", "use_order", "use_page", "use_user"}


def test_classes_that_all_ask_each_other_for_every_table_are_told_apart_in_part(draw: Draw) -> None:
    tables, heirs = range(6), range(24)
    models = "".join(
        f"class M{i}(Base):\n    __tablename__ = 'm{i}'\n    id = Column(Integer, primary_key=True)\n" for i in tables
    )
    services = "".join(
        f"class H{i}(Service):\n    def run(self, model):\n        super().run(model)\n"
        + "".join(f"        H{other}().run(M{(i + other) % len(tables)})\n" for other in heirs)
        + "        for service in ALL:\n            for each in MODELS:\n                service().run(each)\n"
        "        session.commit()\n"
        for i in heirs
    )
    app = draw({
        "shop/__init__.py": "",
        "shop/models.py": "from sqlalchemy import Column, Integer\nfrom sqlalchemy.orm import DeclarativeBase, Session\n"
        "class Base(DeclarativeBase): pass\nsession = Session()\n" + models,
        "shop/use.py": "from shop.models import *\n"
        "class Service:\n    def run(self, model):\n        session.add(model())\n" + services
        + f"ALL = [{', '.join(f'H{i}' for i in heirs)}]\nMODELS = [{', '.join(f'M{i}' for i in tables)}]\n",
    })  # fmt: skip
    assert len(app.system.entered) == 5_000
    assert max((t.tables_written for t in app.system.transactions), key=len) == tuple(f"m{i}" for i in tables)
    assert {t.definition for t in app.system.transactions} == {f"shop.use:H{i}.run" for i in heirs}


def test_code_that_many_share_does_for_each_caller_what_it_gives(draw: Draw) -> None:
    """Also in a function without a name inside of it, and for so many models that the code alone is evidence for none of them."""
    names = [f"M{number}" for number in range(8)]
    models = [
        f"class {n}(Base):\n    __tablename__ = '{n.lower()}'\n    id = Column(Integer, primary_key=True)"
        for n in names
    ]
    shared = """
        def get_or_create(model, **values):
            fetch = lambda: session.query(model).filter_by(**values).first()
            found = fetch()
            if found is None:
                found = model(**values)
                session.add(found)
                session.commit()
            return found
        """
    calls = "\n".join(f"def get_{name.lower()}(): return get_or_create({name}, id=1)" for name in names)
    code = "from shop.models import *\n" + "\n".join(models) + dedent(shared) + calls
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/use.py": code})
    found = {(t.definition, t.tables_written, t.tables_read) for t in app.system.transactions}
    assert found == {("shop.use:get_or_create", (name.lower(),), (name.lower(),)) for name in names}
    assert {a.resolution for a in app.system.alternatives} == {"guessed"}


def test_a_method_that_is_asked_for_by_its_name_is_the_one_that_the_caller_names(draw: Draw) -> None:
    app = draw({
        "shop/__init__.py": "",
        "shop/models.py": MODELS,
        "shop/use.py": """
            from shop.models import Line, Order, Page, User, session
            class Plugin: pass
            class Mail(Plugin):
                def order_made(self): session.add(Page())
                def user_made(self): session.add(User())
            class Stock(Plugin):
                def order_made(self): session.add(Line())
                def user_gone(self): session.delete(session.get(User, 1))
            class Plugins:
                def __init__(self): self.all = [Mail(), Stock()]
                def run_one(self, plugin, name, default=None):
                    method = getattr(plugin, name, default)
                    return method()
                def order_made(self):
                    for plugin in self.all:
                        self.run_one(plugin, "order_made")
                def user_gone(self):
                    for plugin in self.all:
                        self.run_one(plugin, "user_gone")
                def each(self, which):
                    for plugin in self.all:
                        self.run_one(plugin, which)
            def order():
                session.add(Order())
                Plugins().order_made()
                session.commit()
            def leave():
                Plugins().user_gone()
                session.commit()
            def handed_on():
                session.add(Order())
                Plugins().each("user_gone")
                session.commit()
            def whatever(which):
                session.add(Order())
                Plugins().each(which)
                session.commit()
            """,
    })  # fmt: skip
    assert written(app) == {
        ("order", ("lines", "orders", "pages")),
        ("leave", ("users",)),
        ("handed_on", ("orders", "users")),
        ("whatever", ("lines", "orders", "pages", "users")),
    }


def test_what_entry_points_lead_to_is_told_for_what_they_give(draw: Draw) -> None:
    app = draw({
        "shop/__init__.py": "",
        "shop/models.py": MODELS,
        "shop/use.py": """
            from flask import Flask
            from shop.models import Order, User, session
            app = Flask(__name__)
            def rename(row, name): row.name = name
            def keep(row):
                rename(row, "x")
                session.commit()
            @app.route("/order/<number>")
            def order(number): keep(session.get(Order, number))
            @app.route("/user/<number>")
            def user(number): keep(session.get(User, number))
            """,
    })  # fmt: skip
    reached = {(r.entry.name, r.access.table) for r in reached_accesses(app.system) if r.access.operation == "update"}
    assert reached == {("GET /order/<number>", "orders"), ("GET /user/<number>", "users")}
    inside = zip(app.system.transactions, what_is_inside(app.system), strict=True)
    kept = {(t.tables_written, i.entry_points) for t, i in inside if t.definition == "shop.use:keep"}
    assert kept == {(("orders",), ("http GET /order/<number>",)), (("users",), ("http GET /user/<number>",))}


def test_an_attribute_that_is_asked_for_by_name_is_the_one_that_this_caller_names(draw: Draw) -> None:
    app = draw(
        {
            "m.py": """
            from flask_sqlalchemy import SQLAlchemy
            db = SQLAlchemy()
            class Order(db.Model):
                id = db.Column(db.Integer, primary_key=True)
                lines = db.relationship("Line")
            class Line(db.Model):
                id = db.Column(db.Integer, primary_key=True)
                order_id = db.Column(db.ForeignKey("order.id"))
            class Note(db.Model):
                id = db.Column(db.Integer, primary_key=True)
                order_id = db.Column(db.ForeignKey("order.id"))
                order = db.relationship("Order", backref="notes")
            def empty(row, field):
                kept = getattr(row, field)
                for one in kept:
                    db.session.delete(one)
            def without_lines(order: Order):
                empty(order, "lines")
                db.session.commit()
            def without_notes(order: Order):
                empty(order, field="notes")
                db.session.commit()
            def without(order: Order, field):
                empty(order, field)
                db.session.commit()
            """,
        }
    )
    assert {(t.definition, t.tables_written) for t in app.system.transactions} == {
        ("m:without_lines", ("line",)),
        ("m:without_notes", ("note",)),
        ("m:without", ("line", "note")),
    }


def test_a_relation_that_shared_code_changes_is_of_the_row_that_the_caller_gives(draw: Draw) -> None:
    app = draw({
        "shop/__init__.py": "",
        "shop/models.py": MODELS + """
    class Setting(Base):
        __tablename__ = "settings"
        id = Column(Integer, primary_key=True)
        profile_id = Column(ForeignKey("profiles.id"))
    class Profile(Base):
        __tablename__ = "profiles"
        id = Column(Integer, primary_key=True)
        lines = relationship(Setting)
    tags_of_rooms = Table("tags_of_rooms", Base.metadata, Column("room", ForeignKey("rooms.id")), Column("user", ForeignKey("users.id")))
    tags_of_halls = Table("tags_of_halls", Base.metadata, Column("hall", ForeignKey("halls.id")), Column("user", ForeignKey("users.id")))
    class Room(Base):
        __tablename__ = "rooms"
        id = Column(Integer, primary_key=True)
        tags = relationship(User, secondary=tags_of_rooms)
    class Hall(Base):
        __tablename__ = "halls"
        id = Column(Integer, primary_key=True)
        tags = relationship(User, secondary=tags_of_halls)
    """,
        "shop/shared.py": """
            def put(row, kept, given):
                for key, value in given.items():
                    if value is None:
                        row.lines.pop()
                    else:
                        row.lines.append(kept(name=value))
            def clear_all(row):
                held = row.lines
                held.clear()
            def tag(row, user):
                row.tags.append(user)
            """,
        "shop/use.py": """
            from shop.models import Hall, Line, Order, Profile, Room, Setting, User, session
            from shop.shared import clear_all, put, tag
            def tag_room(number):
                tag(session.get(Room, number), session.get(User, 1))
                session.commit()
            def tag_hall(number):
                tag(session.get(Hall, number), session.get(User, 1))
                session.commit()
            def change_order(number, given):
                put(session.get(Order, number), Line, given)
                session.commit()
            def change_profile(number, given):
                put(session.get(Profile, number), Setting, given)
                session.commit()
            def clear_order(number):
                clear_all(session.get(Order, number))
                session.commit()
            def clear_profile(number):
                clear_all(session.get(Profile, number))
                session.commit()
            """,
    })  # fmt: skip
    found = {(t.definition.partition(":")[2], t.tables_written, t.tables_read) for t in app.system.transactions}
    tagged = {one[:2] for one in found if one[0].startswith("tag_")}
    assert tagged == {("tag_room", ("tags_of_rooms",)), ("tag_hall", ("tags_of_halls",))}
    assert {one for one in found if one[:2] not in tagged} == {
        ("change_order", ("lines",), ("lines", "orders")),
        ("change_profile", ("settings",), ("profiles", "settings")),
        ("clear_order", ("lines",), ("lines", "orders")),
        ("clear_profile", ("settings",), ("profiles", "settings")),
    }
