"""Functions and classes that travel: tables, registries, factories, generic bases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from decompose.linking.own_frames import MAX_HELPER_OPERATIONS

if TYPE_CHECKING:
    from tests.conftest import Draw

CASES = [
    pytest.param(
        """
        from flask import Flask, current_app
        class Store:
            def put(self): pass
            def get(self): pass
        class Mailer:
            def init_app(self, app): app.extensions["mailer"] = self
            def send(self): pass
        class Shop(Flask):
            def __init__(self):
                super().__init__("shop")
                self.depot = Store()
        def create():
            app = Shop()
            app.store = Store()
            app.config["STORE"] = Store()
            Mailer().init_app(app)
            return app
        def view():
            current_app.store.put()
            current_app.depot.get()
            current_app.config["STORE"].put()
            current_app.extensions["mailer"].send()
            current_app.config["OTHER"].get()
        """,
        [
            "m:Shop.__init__ -> m:Store", "m:create -> m:Mailer", "m:create -> m:Mailer.init_app", "m:create -> m:Shop.__init__",
            "m:create -> m:Store", "m:view -> m:Mailer.send", "m:view -> m:Store.get", "m:view -> m:Store.put",
        ],
        id="what an application keeps on its Flask application",
    ),
    pytest.param(
        """
        from fastapi import FastAPI, Request
        class Pool:
            def ask(self): pass
        api = FastAPI()
        def start(): api.state.pool = Pool()
        def view(request: Request): request.app.state.pool.ask()
        """,
        ["m:start -> m:Pool", "m:view -> m:Pool.ask"],
        id="what an application keeps in the state of its FastAPI application",
    ),
    pytest.param(
        """
        from sanic import Request, Sanic
        class Pool:
            def ask(self): pass
        app = Sanic("shop")
        def start(): app.ctx.pool = Pool()
        def view(request: Request): request.app.ctx.pool.ask()
        """,
        ["m:start -> m:Pool", "m:view -> m:Pool.ask"],
        id="what an application keeps in the context of its Sanic application",
    ),
    pytest.param(
        """
        from tornado.web import Application, RequestHandler
        class Pool:
            def ask(self): pass
        class Shop(Application):
            def __init__(self):
                self.pool = Pool()
        class Items(RequestHandler):
            def get(self): self.application.pool.ask()
        """,
        ["m:Items.get -> m:Pool.ask", "m:Shop.__init__ -> m:Pool"],
        id="what an application keeps on its tornado application",
    ),
    pytest.param(
        """
        from aiohttp import web
        class Pool:
            def ask(self): pass
        class Other:
            def ask(self): pass
        async def view(request: web.Request):
            request.app["pool"].ask()
        def create():
            app = web.Application()
            app["pool"] = Pool()
            app["other"] = Other()
            app.router.add_get("/", view)
            return app
        """,
        ["m:create -> m:Other", "m:create -> m:Pool", "m:create -> m:view", "m:view -> m:Pool.ask"],
        id="what an application keeps under a key of its aiohttp application",
    ),
    pytest.param(
        """
        def one(): pass
        def two(): pass
        def other(): pass
        TABLE = {"one": one, "two": two}
        def main(key): TABLE[key]()
        def fixed(): TABLE["two"]()
        """,
        ["m:fixed -> m:two", "m:main -> m:one", "m:main -> m:two"],
        id="dispatch table",
    ),
    pytest.param(
        """
        def one(): pass
        TABLE = {"one": one}
        def main(key):
            handler = TABLE.get(key)
            if handler:
                handler()
        def every():
            for name, handler in TABLE.items():
                handler()
        def values():
            for handler in TABLE.values():
                handler()
        """,
        ["m:every -> m:one", "m:main -> m:one", "m:values -> m:one"],
        id="ways to look into a table",
    ),
    pytest.param(
        """
        def one(): pass
        def two(): pass
        def other(): pass
        class Taken:
            def __init__(self, **options): self.step = options.pop("one", other)
            def run(self): self.step()
        def options():
            given = {"one": one, "two": two}
            given.update({"three": 3})
            return given
        def main(): Taken(**options()).run()
        def later():
            table = {}
            extended = {}
            extended.update(table)
            table["two"] = two
            extended["two"]()
        """,
        [
            "m:Taken.run -> m:one",
            "m:Taken.run -> m:other",
            "m:later -> m:two",
            "m:main -> m:Taken.__init__",
            "m:main -> m:Taken.run",
            "m:main -> m:options",
        ],
        id="entries that are taken out and handed on keep their keys",
    ),
    pytest.param(
        """
        STEPS = []
        def one(): pass
        def two(): pass
        STEPS.append(one)
        STEPS += [two]
        def main():
            for step in STEPS:
                step()
        """,
        ["m:main -> m:one", "m:main -> m:two"],
        id="list of steps",
    ),
    pytest.param(
        """
        REGISTRY = {}
        def register(name):
            def decorate(cls):
                REGISTRY[name] = cls
                return cls
            return decorate
        @register("a")
        class A:
            def run(self): pass
        @register("b")
        class B:
            def run(self): pass
        def main(name): REGISTRY[name]().run()
        """,
        [
            "m: -> m:register",
            "m: -> m:register.decorate",
            "m:main -> m:A",
            "m:main -> m:A.run",
            "m:main -> m:B",
            "m:main -> m:B.run",
        ],
        id="registry by decorator",
    ),
    pytest.param(
        """
        class Bus:
            def __init__(self): self.handlers = {}
            def on(self, name, handler): self.handlers.setdefault(name, []).append(handler)
            def emit(self, name):
                for handler in self.handlers.get(name, []):
                    handler()
        bus = Bus()
        def one(): pass
        bus.on("x", one)
        def main(): bus.emit("x")
        """,
        ["m: -> m:Bus.__init__", "m: -> m:Bus.on", "m:Bus.emit -> m:one", "m:main -> m:Bus.emit", "m:main -> m:one"],
        id="event bus",
    ),
    pytest.param(
        """
        class Plugin:
            plugins = []
            def __init_subclass__(cls): Plugin.plugins.append(cls)
            def run(self): pass
        class A(Plugin):
            def run(self): pass
        def main():
            for plugin in Plugin.plugins:
                plugin().run()
        """,
        ["m: -> m:Plugin.__init_subclass__", "m:main -> m:A", "m:main -> m:A.run"],
        id="registry by __init_subclass__",
    ),
    pytest.param(
        """
        class A:
            def on_open(self): pass
            def on_close(self): pass
            def go(self): getattr(self, "on_open")()
        """,
        ["m:A.go -> m:A.on_open"],
        id="getattr of a constant",
    ),
    pytest.param(
        """
        class User:
            def greet(self): pass
        class Order:
            def ship(self): pass
        class Repository:
            model = None
            def make(self): return self.model()
        class Users(Repository):
            model = User
        class Orders(Repository):
            model = Order
        def users(): Users().make().greet()
        def orders(): Orders().make().ship()
        """,
        [
            "m:Repository.make -> m:Order",
            "m:Repository.make -> m:User",
            "m:orders -> m:Order.ship",
            "m:orders -> m:Orders",
            "m:orders -> m:Repository.make",
            "m:users -> m:Repository.make",
            "m:users -> m:User.greet",
            "m:users -> m:Users",
        ],
        id="generic repository by a class attribute",
    ),
    pytest.param(
        """
        from typing import Generic, TypeVar
        class User:
            def go(self): pass
        class Order:
            def go(self): pass
        T = TypeVar("T")
        class Repository(Generic[T]):
            def get(self) -> T: ...
        class Users(Repository[User]): pass
        class Orders(Repository[Order]): pass
        def users(): Users().get().go()
        def orders(repository: Repository[Order]): repository.get().go()
        """,
        [
            "m:orders -> m:Order.go",
            "m:orders -> m:Repository.get",
            "m:users -> m:Repository.get",
            "m:users -> m:User.go",
            "m:users -> m:Users",
        ],
        id="generic repository by a type variable",
    ),
    pytest.param(
        """
        class User:
            def go(self): pass
        class Order:
            def go(self): pass
        class Repository:
            def __init__(self, model): self.model = model
            def make(self): return self.model()
        class Users(Repository):
            def __init__(self): super().__init__(User)
        class Orders(Repository):
            def __init__(self): super().__init__(Order)
        def users(): Users().make().go()
        """,
        [
            "m:Orders.__init__ -> m:Repository.__init__",
            "m:Repository.make -> m:Order",
            "m:Repository.make -> m:User",
            "m:Users.__init__ -> m:Repository.__init__",
            "m:users -> m:Repository.make",
            "m:users -> m:User.go",
            "m:users -> m:Users.__init__",
        ],
        id="generic repository by the base's constructor",
    ),
    pytest.param(
        """
        class A:
            def go(self): pass
        class B:
            def go(self): pass
        def create(cls): return cls()
        def first(): create(A).go()
        def second(): create(B).go()
        """,
        [
            "m:create -> m:A",
            "m:create -> m:B",
            "m:first -> m:A.go",
            "m:first -> m:create",
            "m:second -> m:B.go",
            "m:second -> m:create",
        ],
        id="generic helper told apart by its calls",
    ),
    pytest.param(
        """
        class A:
            def go(self): pass
        class B:
            def go(self): pass
        class Repository:
            def all(self):
                found = []
                found.append(self.model())
                return found
        class As(Repository):
            model = A
        class Bs(Repository):
            model = B
        def first(): As().all()[0].go()
        def second(): Bs().all()[0].go()
        """,
        [
            "m:Repository.all -> m:A",
            "m:Repository.all -> m:B",
            "m:first -> m:A.go",
            "m:first -> m:As",
            "m:first -> m:Repository.all",
            "m:second -> m:B.go",
            "m:second -> m:Bs",
            "m:second -> m:Repository.all",
        ],
        id="a container that a generic method fills, for each subclass",
    ),
    pytest.param(
        """
        class Base:
            def go(self): pass
        def make_class(parent):
            class Made(parent):
                def extra(self): self.go()
            return Made
        Made = make_class(Base)
        def main():
            Made().extra()
            Made().go()
        """,
        [
            "m: -> m:make_class",
            "m:main -> m:Base.go",
            "m:main -> m:make_class.Made",
            "m:main -> m:make_class.Made.extra",
            "m:make_class.Made.extra -> m:Base.go",
        ],
        id="class factory",
    ),
    pytest.param(
        """
        class Base:
            def go(self): pass
        Made = type("Made", (Base,), {})
        def main(): Made().go()
        """,
        ["m:main -> m:Base.go", "m:main -> m:Made"],
        id="class made by type()",
    ),
    pytest.param(
        """
        from typing import NamedTuple
        class A:
            def go(self): pass
        class Pair(NamedTuple):
            left: A
            right: int
        def main(pair: Pair):
            pair.left.go()
            left, _ = pair
            left.go()
        """,
        ["m:main -> m:A.go"],
        id="named tuple",
    ),
    pytest.param(
        """
        import m as me
        class A:
            def go(self): pass
        container = {}
        def setup(): container["a"] = A()
        def main(): container["a"].go()
        """,
        ["m:main -> m:A.go", "m:setup -> m:A"],
        id="container filled elsewhere",
    ),
    pytest.param(
        """
        class A:
            def go(self): pass
        class Lazy:
            def __init__(self, factory): self.factory = factory
            def __getattr__(self, name): return getattr(self.factory(), name)
        lazy = Lazy(A)
        def main(): lazy.go()
        """,
        ["m: -> m:Lazy.__init__", "m:Lazy.__getattr__ -> m:A", "m:main -> m:A.go", "m:main -> m:Lazy.__getattr__"],
        id="proxy by __getattr__",
    ),
    pytest.param(
        """
        from typing import Generic, TypeVar
        T = TypeVar("T")
        class Box(Generic[T]):
            def __init__(self): pass
        def main():
            names = ["plain", "data"]
            box = Box()
            return box
        """,
        ["m:main -> m:Box.__init__"],
        id="generic object beside plain data",
    ),
    pytest.param(
        """
        class Mixin:
            def columns():
                title = Mixin.label.title
                return title().strip()
        def main(): Mixin.columns()
        """,
        ["m:main -> m:Mixin.columns"],
        id="method that takes nothing",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_calls(draw: Draw, source: str, expected: list[str]) -> None:
    assert draw(source).call_lines() == expected


def test_what_is_made_of_many_is_made_of_all_of_them(draw: Draw) -> None:
    names = [f"Runner{number}" for number in range(20)]
    classes = "".join(f"class {name}(Runner):\n    pass\nregister({name})\n" for name in names)
    app = draw({
        "m.py": "RUNNERS = {}\n"
        "def register(runner): RUNNERS[runner.name()] = runner\n"
        "class Runner:\n    @classmethod\n    def name(cls): return cls.__name__\n"
        "    @classmethod\n    def shown(cls): return cls.name()\n" + classes
        + "def main(): return [runner.shown() for runner in sorted(RUNNERS.values(), key=lambda r: r.name())]\n"
    })  # fmt: skip
    shown = {d.target_unit for d in app.system.dependencies if d.source == "m:main" and d.target == "m:Runner.shown"}
    assert shown >= {f"m:{name}" for name in names}


def test_an_inherited_method_acts_for_the_class_that_inherits_it(draw: Draw) -> None:
    app = draw(
        """
        class User: pass
        class Order: pass
        class Repository:
            model = None
            def make(self): return self.model()
        class Users(Repository):
            model = User
        class Orders(Repository):
            model = Order
        def both(): return Users().make(), Orders().make()
        """
    )
    made = {(d.source_unit, d.target_unit) for d in app.dependencies("construct") if d.source == "m:Repository.make"}
    assert made == {("m:Users", "m:User"), ("m:Orders", "m:Order")}


def test_attributes_of_two_instances_of_one_class_are_told_as_inferred(draw: Draw) -> None:
    app = draw(
        """
        class A:
            def go(self): pass
        class B:
            def go(self): pass
        class Box:
            def __init__(self, value): self.value = value
        def main(): Box(A()).value.go()
        def other(): Box(B())
        """
    )
    found = {(d.target, d.resolution) for d in app.dependencies("call") if d.source == "m:main"}
    assert found == {("m:A.go", "inferred"), ("m:B.go", "inferred")}


def test_getattr_of_a_computed_name_leads_to_the_methods_that_fit_it_and_is_a_blind_spot_where_none_does(
    draw: Draw,
) -> None:
    app = draw(
        """
        class A:
            def on_open(self): pass
            def go(self, name):
                getattr(self, f"on_{name}")()
            def ask(self, name):
                getattr(self, f"when_{name}")()
        """
    )
    assert app.calls() == {("m:A.go", "m:A.on_open")}
    assert [spot.line for spot in app.blind_spots("unresolved call")] == [6]


def test_what_is_set_on_an_object_of_a_package_is_found_where_it_is_read(draw: Draw) -> None:
    app = draw("""
        from flask import request
        from threading import local
        class User:
            def save(self): ...
        class Other:
            def save(self): ...
        def load():
            request.user = User()
            local().user = Other()
        def show(): request.user.save()
        def elsewhere(): request.owner.save()
    """)
    assert {(s, t) for s, t in app.calls() if t.endswith(".save")} == {("m:show", "m:User.save")}


def test_what_a_framework_leads_to_may_connect_what_it_leads_to_next(draw: Draw) -> None:
    app = draw({
        "shop/__init__.py": "",
        "shop/models.py": """
            from django.db import models
            class Order(models.Model):
                total = models.IntegerField()
        """,
        "shop/m.py": """
            from celery import Celery, Task
            from django.db.models.signals import post_save
            from shop.models import Order
            app = Celery("shop")
            class Listening(Task):
                saved = post_save
            @app.task(base=Listening, bind=True)
            def begin(task): task.saved.connect(told, sender=Order)
            def told(sender, **named): pass
            def make(): Order.objects.create()
        """,
    })  # fmt: skip
    assert ("shop.m:make", "shop.m:told") in app.calls("signal")


def test_what_a_method_of_a_parameter_gives_is_not_the_parameter(draw: Draw) -> None:
    steps = "\n".join(f"                print(wanted, {number})" for number in range(MAX_HELPER_OPERATIONS))
    source = f"""
            class Label:
                def show(self): pass
            class Order:
                def label(self) -> Label: return Label()
                def show(self): pass
            def label_of(order: Order, wanted):
{steps}
                return order.label()
            def page(order: Order):
                label_of(order, 1).show()
            def list_page(order: Order):
                label_of(order, 2).show()
    """
    assert draw(source).calls("call") == {
        ("m:label_of", "m:Order.label"),
        ("m:page", "m:label_of"),
        ("m:page", "m:Label.show"),
        ("m:list_page", "m:label_of"),
        ("m:list_page", "m:Label.show"),
    }


def test_who_calls_a_new_type_calls_something_known(draw: Draw) -> None:
    source = """
        from typing import NewType
        class Order:
            def pay(self): pass
        Key = NewType("Key", str)
        Paid = NewType("Paid", Order)
        def show():
            Paid(Order()).pay()
            return Key("a")
    """
    drawn = draw(source)
    assert ("m:show", "m:Order.pay") in drawn.calls("call")
    assert drawn.external() == {("m:", "typing:NewType")}
    assert not drawn.system.blind_spots
