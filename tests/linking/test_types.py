"""What annotations and the standard library's containers tell about a receiver; ``A.go`` is always what is called."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Application, Draw

PRELUDE = """
from __future__ import annotations
import asyncio
import copy
import itertools
from collections import defaultdict, deque
from typing import Annotated, AsyncIterator, Callable, ClassVar, Final, Generator, Iterator, Literal, Mapping, NewType
from typing import Optional, Self, Sequence, Type, TypeAlias, TypedDict, TypeVar, Union, cast
from attrs import define
from pydantic import BaseModel
class A:
    def go(self): pass
    async def __aenter__(self): return self
    async def __aexit__(self, *error): pass
class Other:
    def go(self): pass
"""


FOUND = [
    pytest.param("def f(xs: list[A]):\n    for i, x in enumerate(xs): x.go()", id="enumerate"),
    pytest.param("def f(xs: list[A]):\n    for x, y in zip(xs, xs): y.go()", id="zip"),
    pytest.param("def f(xs: list[A]): sorted(xs)[0].go()", id="sorted"),
    pytest.param("def f(xs: list[A]): list(reversed(xs))[0].go()", id="reversed"),
    pytest.param("def f(xs: list[A]): max(xs, key=len).go()", id="max"),
    pytest.param("def f(xs: list[A]): next(iter(xs)).go()", id="next"),
    pytest.param("def f(xs: list[A]): xs[1:][0].go()", id="slice"),
    pytest.param("def f(xs: list[A]): xs.pop().go()", id="pop"),
    pytest.param("def f(xs: list[A]): [x for x in xs if x][0].go()", id="comprehension"),
    pytest.param("def f(xs: list[A]): list(filter(None, xs))[0].go()", id="filter"),
    pytest.param("def f(xs: Sequence[A]): {x for x in xs}.pop().go()", id="set"),
    pytest.param("def f(d: dict[str, A]): {k: v.go() for k, v in d.items()}", id="dictionary comprehension"),
    pytest.param("def f(d: Mapping[str, A]): d.get('x').go()", id="get"),
    pytest.param(
        "def f():\n    d = deque([A()])\n    d.popleft().go()",
        id="deque",
    ),
    pytest.param(
        "def f():\n    d = defaultdict(list)\n    d['x'].append(A())\n    d['x'][0].go()",
        id="defaultdict of lists",
    ),
    pytest.param(
        "def f():\n    d = defaultdict(A)\n    d['x'].go()",
        id="defaultdict",
    ),
    pytest.param(
        "def f(xs: list[A]):\n    for x in itertools.chain(xs, xs): x.go()",
        id="chain",
    ),
    pytest.param("def f(a: A): copy.deepcopy(a).go()", id="copy"),
    pytest.param(
        "T = TypeVar('T', bound=A)\ndef f(x: T) -> T: x.go()",
        id="bound of a type variable",
    ),
    pytest.param("def f(c: Type[A]): c().go()", id="Type"),
    pytest.param("def f(c: type[A]): c().go()", id="type"),
    pytest.param(
        "def f(c: Callable[[], A]): c().go()",
        id="Callable",
    ),
    pytest.param(
        "def f(x): cast(A, x).go()",
        id="cast",
    ),
    pytest.param(
        "def f(x): cast('A', x).go()",
        id="cast to a quoted name",
    ),
    pytest.param("def g() -> Iterator[A]: yield A()\ndef f():\n    for x in g(): x.go()", id="Iterator"),
    pytest.param("def g() -> Generator[A, None, None]: yield A()\ndef f(): next(g()).go()", id="Generator"),
    pytest.param(
        "Alias = Optional[A]\ndef f(x: Alias): x.go()",
        id="alias of a type",
    ),
    pytest.param(
        "Alias: TypeAlias = 'list[A]'\ndef f(x: Alias): x[0].go()",
        id="declared alias",
    ),
    pytest.param(
        "Tree: TypeAlias = 'dict[str, Union[A, Tree]]'\ndef f(x: Tree): x['a'].go()",
        id="alias that mentions itself",
    ),
    pytest.param("N = NewType('N', A)\ndef f(x: N): x.go()", id="NewType"),
    pytest.param(
        "def f(*xs: A): xs[0].go()",
        id="annotated positional rest",
    ),
    pytest.param(
        "def f(**xs: A): xs['a'].go()",
        id="annotated named rest",
    ),
    pytest.param("def f(x: Annotated[A, 1]): x.go()", id="Annotated"),
    pytest.param("def f(x: Union[int, 'A', None] = None): x.go()", id="Union"),
    pytest.param("def f(x: Final[A]): x.go()", id="Final"),
    pytest.param(
        "class C:\n    one: A = None\ndef f(): C.one.go()",
        id="annotated attribute of a class",
    ),
    pytest.param("class C:\n    one: A = None\ndef f(c: C): c.one.go()", id="annotated attribute of an instance"),
    pytest.param(
        "class C: pass\ndef g(c: C): c.late = A()\ndef f(c: C): c.late.go()", id="attribute assigned from outside"
    ),
    pytest.param("async def f():\n    async with A() as a:\n        await a.go()", id="asynchronous context"),
    pytest.param(
        "async def g() -> AsyncIterator[A]:\n    yield A()\nasync def f():\n    async for a in g(): a.go()",
        id="asynchronous loop",
    ),
    pytest.param(
        "def g(): return asyncio.create_task(h())\nasync def h() -> A: ...\nasync def f(): (await h()).go()",
        id="awaited result",
    ),
    pytest.param("@define\nclass C:\n    a: A\n    def f(self): self.a.go()\nf = C.f", id="attrs"),
    pytest.param("class C(BaseModel):\n    a: list[A] = []\n    def f(self): self.a[0].go()\nf = C.f", id="pydantic"),
    pytest.param(
        "class C(BaseModel):\n    a: A\ndef f(d): C.model_validate(d).a.go()",
        id="model_validate of pydantic",
    ),
    pytest.param(
        "class C(TypedDict):\n    a: A\ndef f(c: C): c['a'].go()",
        id="TypedDict",
    ),
    pytest.param("class C:\n    a: ClassVar[A]\ndef f(): C.a.go()", id="ClassVar"),
    pytest.param(
        "class C:\n    def me(self) -> Self: return self\nclass D(C, A): pass\ndef f(): D().me().go()", id="Self"
    ),
    pytest.param("def f(x):\n    assert isinstance(x, A)\n    x.go()", id="asserted"),
    pytest.param(
        "def f(x):\n    if not isinstance(x, A):\n        return\n    x.go()", id="narrowed by an early return"
    ),
    pytest.param("def f(x):\n    match x:\n        case A():\n            x.go()", id="matched class"),
    pytest.param("def f(x):\n    match x:\n        case A() as y:\n            y.go()", id="matched and named"),
]


@pytest.mark.parametrize("source", FOUND)
def test_the_receiver_is_known(draw: Draw, source: str) -> None:
    app = draw(textwrap.dedent(PRELUDE) + source)
    callers = ("m:f", "m:C.f")
    found = {
        (d.target, d.resolution) for d in app.dependencies("call") if d.source in callers and d.target.endswith(".go")
    }
    assert {target for target, _ in found} == {"m:A.go"}
    assert "guessed" not in {resolution for _, resolution in found}


NOT_FOUND = [
    pytest.param("def f(x: int): x.go()", id="a plain type"),
    pytest.param("def f(d: dict[A, int]):\n    for v in d.values(): v.go()", id="the values, not the keys"),
    pytest.param("def f(t: tuple[A, int]): t[1].go()", id="another position"),
    pytest.param("def f(x: Literal['A']): x.go()", id="a literal"),
    pytest.param("def f(a: A):\n    a = a.go\n    a.go()", id="another value of that name"),
]


@pytest.mark.parametrize("source", NOT_FOUND)
def test_the_receiver_is_not_known(draw: Draw, source: str) -> None:
    app = draw(textwrap.dedent(PRELUDE) + source)
    assert not {d.target for d in app.dependencies("call") if d.source == "m:f"}


def test_type_variables_of_the_same_name_are_those_of_their_modules(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/orders.py": """
from typing import TypeVar
class Order:
    def ship(self): pass
T = TypeVar("T", bound=Order)
def send(thing: T) -> T:
    thing.ship()
""",
            "shop/forms.py": """
from typing import TypeVar
class Form:
    def ship(self): pass
T = TypeVar("T", bound=Form)
def validate(thing: T) -> T:
    thing.ship()
""",
            "shop/same.py": 'from typing import TypeVar\nT = TypeVar("T")\ndef same(thing: T) -> T:\n    thing.ship()\n',
            "shop/again.py": "from shop.forms import T\ndef again(thing: T) -> T:\n    thing.ship()\n",
        }
    )
    assert {(caller, callee) for caller, callee in app.calls() if callee.endswith(".ship")} == {
        ("shop.orders:send", "shop.orders:Order.ship"),
        ("shop.forms:validate", "shop.forms:Form.ship"),
        ("shop.again:again", "shop.forms:Form.ship"),
    }


KEPT = """
class Base:
    kept = {}

    @classmethod
    def find(cls, key) -> "Base":
        return cls.kept[key]

    @classmethod
    def all(cls) -> list["Base"]:
        return list(cls.kept.values())

    @classmethod
    def copied(cls, other: "Base") -> "Base":
        other.go()
        return other

class Order(Base):
    def go(self): pass

class Rush(Order):
    def go(self): pass

class Shop(Base):
    def go(self): pass
"""


@pytest.mark.parametrize(
    ("asked", "reached"),
    [
        ("Order.find(4).go()", {"Order", "Rush"}),
        ("for order in Order.all(): order.go()", {"Order", "Rush"}),
        ("Base.find(4).go()", {"Order", "Rush", "Shop"}),
    ],
)
def test_a_class_method_that_promises_its_own_class_gives_that_which_is_asked(
    draw: Draw, asked: str, reached: set[str]
) -> None:
    app = draw(f"{KEPT}\ndef f():\n    {asked}\n")
    assert {callee for caller, callee in app.calls("call") if caller == "m:f" and callee.endswith(".go")} == {
        f"m:{name}.go" for name in reached
    }


def test_what_a_class_method_takes_of_its_own_class_may_be_any(draw: Draw) -> None:
    app = draw(f"{KEPT}\ndef f(): Order.copied(None)\n")
    assert {callee for caller, callee in app.calls("call") if caller == "m:Base.copied"} == {
        "m:Order.go",
        "m:Rush.go",
        "m:Shop.go",
    }


STORAGES = """
from celery import shared_task
from library import found

class Storage:
    def write(self): pass
class Disk(Storage):
    def write(self): pass
class Memory(Storage):
    def write(self): pass

def save(storage: Storage): storage.write()
@shared_task
def back_up(storage: Storage): storage.write()
def save_all(storages: list[Storage]):
    for storage in storages: storage.write()
class Uploader:
    def __init__(self, storage: Storage = Disk()): self.storage = storage
    def run(self): self.storage.write()
"""


@pytest.mark.parametrize(
    ("calls", "reached"),
    [
        pytest.param("save(Disk())", {"Disk"}, id="an object"),
        pytest.param("save(storage=Disk()); save(None)", {"Disk"}, id="by its name, and plain data"),
        pytest.param("save(Disk()); save(Memory())", {"Disk", "Memory"}, id="two callers"),
        pytest.param(
            "save(Disk()); save(found())", {"Storage", "Disk", "Memory"}, id="a caller that gives what nobody knows"
        ),
        pytest.param(
            "save(Disk()); save(*found())", {"Storage", "Disk", "Memory"}, id="arguments of which nobody knows how many"
        ),
        pytest.param("save(Disk()); found(save)", {"Storage", "Disk", "Memory"}, id="also handed to code outside"),
        pytest.param("pass", {"Storage", "Disk", "Memory"}, id="no caller"),
    ],
)
def test_a_declared_class_is_what_callers_give_where_all_of_them_are_known(
    draw: Draw, calls: str, reached: set[str]
) -> None:
    app = draw(f"{STORAGES}\ndef f(): {calls}\n")
    assert _written_by(app, "m:save") == reached


@pytest.mark.parametrize(
    ("function", "calls"),
    [
        ("m:save_all", "save_all([Disk()])"),
        ("m:Uploader.run", "Uploader(Disk()).run()"),
        ("m:Uploader.run", "Uploader().run()"),
    ],
)
def test_a_declared_class_is_what_callers_put_in_a_list_give_a_constructor_or_leave_out(
    draw: Draw, function: str, calls: str
) -> None:
    app = draw(f"{STORAGES}\ndef f(): {calls}\n")
    assert _written_by(app, function) == {"Disk"}


def test_what_a_framework_calls_may_be_given_anything_that_is_declared(draw: Draw) -> None:
    app = draw(f"{STORAGES}\ndef f(): back_up(Disk())\n")
    assert _written_by(app, "m:back_up") == {"Storage", "Disk", "Memory"}


def test_what_a_listener_that_saving_makes_known_gives_to_code_outside_counts_too(draw: Draw) -> None:
    app = draw(f"""{STORAGES}
import library
from django.db import models
from django.db.models.signals import post_save
class Order(models.Model):
    client = library.Client()
def on_saved(sender, instance, **named): instance.client.run(save)
post_save.connect(on_saved, sender=Order)
def prepare(): found(save_all)
def close(): Order().save()
def f(): save(Disk())
""")
    assert _written_by(app, "m:save") == {"Storage", "Disk", "Memory"}


def _written_by(app: Application, function: str) -> set[str]:
    written = {callee for caller, callee in app.calls("call") if caller == function}
    return {callee.removeprefix("m:").removesuffix(".write") for callee in written}


BY_VARIABLE = """
from typing import Type, TypeVar
T = TypeVar("T", bound="Base")

class Base:
    kept = {}

    @classmethod
    def find(cls: Type[T], key) -> T:
        return cls.kept[key]

    @classmethod
    def all(cls: type[T]) -> list[T]:
        return list(cls.kept.values())

    def __enter__(self: T) -> T:
        return begun(self)

    def joined(self: T, other: T) -> T:
        return begun(other)

class Order(Base):
    def go(self): pass

class Shop(Base):
    def go(self): pass

FIRST = Order.find(1)
"""


@pytest.mark.parametrize(
    ("asked", "reached"),
    [
        ("Order.find(4).go()", {"Order"}),
        ("FIRST.go()", {"Order"}),
        ("for order in Order.all(): order.go()", {"Order"}),
        ("with Order() as order: order.go()", {"Order"}),
        ("Order().joined(unknown()).go()", {"Order"}),
        ("Order().joined(Shop()).go()", {"Order", "Shop"}),
        ("Base.find(4).go()", {"Order", "Shop"}),
    ],
)
def test_a_type_variable_of_the_receiver_stands_for_the_class_that_is_asked(
    draw: Draw, asked: str, reached: set[str]
) -> None:
    app = draw(f"{BY_VARIABLE}\ndef f():\n    {asked}\n")
    assert {callee for caller, callee in app.calls("call") if caller == "m:f" and callee.endswith(".go")} == {
        f"m:{name}.go" for name in reached
    }


def test_a_constant_beside_a_container_that_is_declared_is_no_defect(draw: Draw) -> None:
    app = draw("""
        class Step:
            def run(self): pass
        class Long(Step): pass
        class Plan:
            def __init__(self):
                self.names = ["a", "b"]
                self.steps: list[Step] = []
            def add(self): self.steps.append(Long())
            def run(self):
                for step in self.steps: step.run()
        Plan().add()
        Plan().run()
    """)
    assert app.blind_spots("defect") == []
    assert ("m:Plan.run", "m:Step.run") in app.calls("call")
