"""Classes: receivers, inheritance, attributes, properties and special methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

CASES = [
    pytest.param(
        """
        class A:
            def run(self): self.step()
            def step(self): pass
        class B:
            def step(self): pass
        def main(): A().run()
        """,
        ["m:A.run -> m:A.step", "m:main -> m:A", "m:main -> m:A.run"],
        id="self, and a stranger's method of the same name",
    ),
    pytest.param(
        """
        class Base:
            def run(self): pass
        def derived(base): return type("Derived", (base,), {})
        def main(): derived(Base)().run()
        """,
        ["m:main -> m:Base.run", "m:main -> m:derived"],
        id="a class that a function makes with nothing in it",
    ),
    pytest.param(
        """
        class A:
            def __init__(self): self.reset()
            def reset(self): pass
        def main():
            a = A()
            a.reset()
        """,
        ["m:A.__init__ -> m:A.reset", "m:main -> m:A.__init__", "m:main -> m:A.reset"],
        id="constructor",
    ),
    pytest.param(
        """
        class Base:
            def run(self): self.step()
            def step(self): pass
        class One(Base):
            def step(self): pass
        def main():
            One().run()
        """,
        ["m:Base.run -> m:One.step", "m:main -> m:Base.run", "m:main -> m:One"],
        id="template method",
    ),
    pytest.param(
        """
        class A:
            def go(self): pass
        class B(A):
            def go(self): super().go()
        class C(A):
            def go(self): super().go()
        class D(B, C):
            def go(self): super().go()
        """,
        ["m:B.go -> m:C.go", "m:C.go -> m:A.go", "m:D.go -> m:B.go"],
        id="super follows the order of the receiver's class",
    ),
    pytest.param(
        """
        class A:
            def go(self): pass
        class B(A):
            def go(self): super(B, self).go()
        class C(A):
            def go(self): A.go(self)
        """,
        ["m:B.go -> m:A.go", "m:C.go -> m:A.go"],
        id="explicit super and explicit base",
    ),
    pytest.param(
        """
        class A:
            def __init__(self): pass
        class B(A):
            def __init__(self): super().__init__()
        def main(): B()
        """,
        ["m:B.__init__ -> m:A.__init__", "m:main -> m:B.__init__"],
        id="super constructor",
    ),
    pytest.param(
        """
        class A:
            @classmethod
            def make(cls): return cls()
            @staticmethod
            def check(): pass
            def go(self): pass
        class B(A):
            pass
        def main():
            B.make().go()
            A.check()
            B().check()
        """,
        [
            "m:A.make -> m:B",
            "m:main -> m:A.check",
            "m:main -> m:A.go",
            "m:main -> m:A.make",
            "m:main -> m:B",
        ],
        id="class and static methods",
    ),
    pytest.param(
        """
        class Mailer:
            def send(self): pass
        class Service:
            def __init__(self, mailer: Mailer): self.mailer = mailer
            def run(self): self.mailer.send()
        """,
        ["m:Service.run -> m:Mailer.send"],
        id="annotated constructor argument kept as an attribute",
    ),
    pytest.param(
        """
        class Mailer:
            def send(self): pass
        class Service:
            def __init__(self, mailer): self.mailer = mailer
            def run(self): self.mailer.send()
        def main(): Service(Mailer()).run()
        """,
        [
            "m:Service.run -> m:Mailer.send",
            "m:main -> m:Mailer",
            "m:main -> m:Service.__init__",
            "m:main -> m:Service.run",
        ],
        id="constructor argument known from its caller",
    ),
    pytest.param(
        """
        from typing import Optional, Union
        class A:
            def go(self): pass
        class B:
            def go(self): pass
        class C:
            def go(self): pass
        def one(x: Optional[A]): x.go()
        def two(x: "Union[A, B]"): x.go()
        def three(x: A | None): x.go()
        def four(xs: dict[str, list[B]]):
            for values in xs.values():
                values[0].go()
        """,
        ["m:four -> m:B.go", "m:one -> m:A.go", "m:three -> m:A.go", "m:two -> m:A.go", "m:two -> m:B.go"],
        id="annotations",
    ),
    pytest.param(
        """
        class A:
            def go(self) -> "A": return self
            def end(self): pass
        def make() -> A: ...
        def main():
            make().go().go().end()
            value: A = unknown()
            value.end()
        """,
        ["m:main -> m:A.end", "m:main -> m:A.go", "m:main -> m:make"],
        id="declared results and variables",
    ),
    pytest.param(
        """
        class A:
            def go(self): return helper()
        class B:
            def go(self): pass
        def helper(): pass
        def main(x):
            if isinstance(x, A):
                x.go()
        """,
        ["m:A.go -> m:helper", "m:main -> m:A.go"],
        id="isinstance narrows",
    ),
    pytest.param(
        """
        class A:
            @property
            def total(self): return compute()
            @total.setter
            def total(self, value): store()
        def compute(): pass
        def store(): pass
        def read(a: A): return a.total
        def write(a: A): a.total = 1
        """,
        ["m:A.total -> m:compute", "m:A.total -> m:store", "m:read -> m:A.total", "m:write -> m:A.total"],
        id="property and its setter",
    ),
    pytest.param(
        """
        from functools import cached_property
        class B:
            def go(self): pass
        class A:
            @cached_property
            def other(self): return B()
            def run(self): self.other.go()
        """,
        ["m:A.other -> m:B", "m:A.run -> m:A.other", "m:A.run -> m:B.go"],
        id="cached property",
    ),
    pytest.param(
        """
        from dataclasses import dataclass, field
        class Mailer:
            def send(self): pass
        @dataclass
        class Service:
            mailer: Mailer
            names: list[str] = field(default_factory=list)
            def __post_init__(self): self.check()
            def check(self): pass
            def run(self): self.mailer.send()
        def main():
            Service(Mailer()).run()
        """,
        [
            "m:Service.__post_init__ -> m:Service.check",
            "m:Service.run -> m:Mailer.send",
            "m:main -> m:Mailer",
            "m:main -> m:Service",
            "m:main -> m:Service.__post_init__",
            "m:main -> m:Service.run",
        ],
        id="dataclass",
    ),
    pytest.param(
        """
        class Handler:
            def go(self): pass
        class Service:
            handler_class = Handler
            def run(self): self.handler_class().go()
        """,
        ["m:Service.run -> m:Handler", "m:Service.run -> m:Handler.go"],
        id="class attribute that is a class",
    ),
    pytest.param(
        """
        class A:
            def __enter__(self): return B()
            def __exit__(self, *error): pass
        class B:
            def go(self): pass
        def main():
            with A() as b:
                b.go()
        """,
        [
            "m:A.__enter__ -> m:B",
            "m:main -> m:A",
            "m:main -> m:A.__enter__",
            "m:main -> m:A.__exit__",
            "m:main -> m:B.go",
        ],
        id="context manager",
    ),
    pytest.param(
        """
        from contextlib import contextmanager
        class B:
            def go(self): pass
        @contextmanager
        def opened():
            yield B()
        def main():
            with opened() as b:
                b.go()
        """,
        ["m:main -> m:B.go", "m:main -> m:opened", "m:opened -> m:B"],
        id="generator as a context manager",
    ),
    pytest.param(
        """
        class A:
            def __call__(self): pass
            def __getitem__(self, key): pass
            def __iter__(self): return iter([])
            def __len__(self): return 0
            def __eq__(self, other): return True
            def __contains__(self, item): return True
            def __add__(self, other): return self
        def call(a: A): a()
        def item(a: A): a[1]
        def loop(a: A):
            for _ in a: pass
        def size(a: A): return len(a)
        def add(a: A): return a + a
        """,
        [
            "m:add -> m:A.__add__",
            "m:call -> m:A.__call__",
            "m:item -> m:A.__getitem__",
            "m:loop -> m:A.__iter__",
            "m:size -> m:A.__len__",
        ],
        id="special methods",
    ),
    pytest.param(
        """
        from abc import ABC, abstractmethod
        class Gateway(ABC):
            @abstractmethod
            def pay(self): ...
        class Card(Gateway):
            def pay(self): pass
        class Cash(Gateway):
            def pay(self): pass
        def main(gateway: Gateway): gateway.pay()
        """,
        ["m:main -> m:Card.pay", "m:main -> m:Cash.pay"],
        id="declared base class may be any subclass that does what an abstract method promises",
    ),
    pytest.param(
        """
        from typing import Protocol
        class Sender(Protocol):
            def send(self) -> None: ...
        class Mail:
            def send(self) -> None: pass
        def run(sender: Sender): sender.send()
        def main(): run(Mail())
        """,
        ["m:main -> m:Mail", "m:main -> m:run", "m:run -> m:Mail.send"],
        id="protocol",
    ),
    pytest.param(
        """
        class Outer:
            class Inner:
                def go(self): pass
            def run(self): self.Inner().go()
        def main(): Outer.Inner().go()
        """,
        [
            "m:Outer.run -> m:Outer.Inner",
            "m:Outer.run -> m:Outer.Inner.go",
            "m:main -> m:Outer.Inner",
            "m:main -> m:Outer.Inner.go",
        ],
        id="nested class",
    ),
    pytest.param(
        """
        class A:
            def go(self): pass
            run = go
        def main():
            A().run()
            method = A().go
            method()
        """,
        ["m:main -> m:A", "m:main -> m:A.go"],
        id="method alias and bound method",
    ),
    pytest.param(
        """
        class Mixin:
            def log(self): self.name()
        class A(Mixin):
            def run(self): self.log()
            def name(self): pass
        """,
        ["m:A.run -> m:Mixin.log", "m:Mixin.log -> m:A.name"],
        id="mixin calls what its host defines",
    ),
    pytest.param(
        """
        from enum import Enum
        class State(Enum):
            OPEN = 1
            def label(self): pass
        def main(): State.OPEN.label()
        """,
        ["m:main -> m:State.label"],
        id="member of an enumeration",
    ),
    pytest.param(
        """
        class Meta(type):
            def __call__(cls): return super().__call__()
        class A(metaclass=Meta):
            def go(self): pass
        def main(): A().go()
        """,
        ["m:Meta.__call__ -> m:A", "m:main -> m:A", "m:main -> m:A.go", "m:main -> m:Meta.__call__"],
        id="metaclass",
    ),
    pytest.param(
        """
        class Singleton:
            _instance = None
            @classmethod
            def get(cls):
                if cls._instance is None:
                    cls._instance = cls()
                return cls._instance
            def go(self): pass
        def main(): Singleton.get().go()
        """,
        ["m:Singleton.get -> m:Singleton", "m:main -> m:Singleton.get", "m:main -> m:Singleton.go"],
        id="singleton",
    ),
    pytest.param(
        """
        class A:
            def go(self): pass
        class B(A):
            def go(self): pass
        def main(): A().go()
        """,
        ["m:main -> m:A", "m:main -> m:A.go"],
        id="an instance of the base is not one of the subclass",
    ),
    pytest.param(
        """
        class Row:
            def total(self): pass
        class Anything:
            def __getattr__(self, name): return self
        def use(thing):
            kept = thing
            while kept.more:
                kept = kept.total
            kept.total()
        def main():
            use(Row())
            use(Anything())
        """,
        [
            "m:main -> m:Anything",
            "m:main -> m:Row",
            "m:main -> m:use",
            "m:use -> m:Anything.__getattr__",
            "m:use -> m:Row.total",
        ],
        id="what answers for anything is asked where nothing else has the attribute",
    ),
    pytest.param(
        """
        class Anything:
            def __getattr__(self, name): return self
        class Row: pass
        def use(thing, other):
            return thing.total
        def main():
            use(Row(), 1)
            use(Anything(), 2)
            Anything().total
        """,
        [
            "m:main -> m:Anything",
            "m:main -> m:Anything.__getattr__",
            "m:main -> m:Row",
            "m:main -> m:use",
            "m:use -> m:Anything.__getattr__",
        ],
        id="what answers for anything is asked where the others do not have the attribute",
    ),
    pytest.param(
        """
        class A: pass
        class B: pass
        class C: pass
        class Shown:
            def __str__(self): return "x"
            def __bool__(self): return True
        def show(thing):
            first = thing
            if first: print(f"{first}")
        def one(thing):
            first = thing
            if first: print(f"{first}")
        def main():
            for thing in (A(), B(), C(), Shown()): show(thing)
            one(Shown())
        """,
        [
            "m:main -> m:A",
            "m:main -> m:B",
            "m:main -> m:C",
            "m:main -> m:Shown",
            "m:main -> m:one",
            "m:main -> m:show",
            "m:one -> m:Shown.__bool__",
            "m:one -> m:Shown.__str__",
        ],
        id="where unlike classes meet, what any object can do tells none of them",
    ),
    pytest.param(
        """
        class Event:
            pass
        class A(Event):
            def __str__(self): return "a"
        class B(Event): pass
        class C(Event): pass
        class D(Event): pass
        def show(thing):
            first = thing
            print(f"{first}")
        def main():
            for thing in (A(), B(), C(), D()): show(thing)
        """,
        [
            "m:main -> m:A",
            "m:main -> m:B",
            "m:main -> m:C",
            "m:main -> m:D",
            "m:main -> m:show",
            "m:show -> m:A.__str__",
        ],
        id="classes with a base in common are alike",
    ),
    pytest.param(
        """
        class Store:
            def __init__(self, kind): self.__class__ = type("Chosen", (kind, Store), {})
            def save(self): raise NotImplementedError("no store")
            def close(self): raise NotImplementedError
        class Files(Store):
            def save(self): pass
        class Later(Files):
            def save(self): raise NotImplementedError("not yet")
        class Other:
            def save(self): pass
        store = Store(Files)
        def main():
            store.save()
            store.close()
        """,
        [
            "m: -> m:Store.__init__",
            "m:main -> m:Files.save",
            "m:main -> m:Store.close",
            "m:main -> m:Store.save",
        ],
        id="what a method refuses, subclasses do",
    ),
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_calls(draw: Draw, source: str, expected: list[str]) -> None:
    assert draw(source).call_lines() == expected


def test_a_function_that_states_a_class_and_returns_something_else_makes_no_classes(draw: Draw) -> None:
    app = draw("""
        def described(base):
            class Inner(base):
                pass
            return "inner"
        def named(base, name="x"):
            class Inner(base):
                pass
            return base
        class A:
            pass
        first, second = described(A), described(A)
        third = named(A)
        fourth = named(A)
        def use():
            return third(), fourth()
    """)
    assert app.calls("construct") == {("m:use", "m:A")}
    assert {d.id for d in app.system.definitions if d.kind == "class"} == {"m:A", "m:described.Inner", "m:named.Inner"}


@pytest.mark.parametrize(
    ("more", "asked"),
    [
        pytest.param("", {"m:Named.holds"}, id="all objects are in view"),
        pytest.param(
            "def both(one, other): return one & other",
            {"m:Both.holds", "m:Named.holds", "m:Not.holds"},
            id="one that is not known may be of any class",
        ),
        pytest.param(
            "both = lambda: Both(Not(Named()), Named()) & Named()",
            {"m:Both.holds", "m:Named.holds", "m:Not.holds"},
            id="objects of more classes",
        ),
    ],
)
def test_an_inherited_operator_acts_for_the_classes_that_it_is_asked_of(draw: Draw, more: str, asked: set[str]) -> None:
    app = draw(f"""
        class Spec:
            def __and__(self, other): return Both(self, other)
        class Both(Spec):
            def __init__(self, left, right):
                self.left = left
            def holds(self): return self.left.holds()
        class Not(Spec):
            def __init__(self, inner): pass
            def holds(self): return False
        class Named(Spec):
            def holds(self): return True
        wanted = Named() & Named()
        {more}
    """)
    assert {callee for caller, callee in app.calls() if caller == "m:Both.holds"} == asked
