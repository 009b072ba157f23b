"""Declared types with many subclasses: who may be called is told, of few and of many, and what is too much is a blind spot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

FEW = """
class Backend:
    @classmethod
    def send(cls): pass
    def close(self): pass

class Mail(Backend):
    @classmethod
    def send(cls): pass

class Text(Backend):
    def close(self): pass
"""
INHERITING = "".join(f"class Plain{number}(Backend):\n    label = 'plain'\n\n" for number in range(50))
STATING = "".join(f"class Own{number}(Backend):\n    def close(self): pass\n\n" for number in range(50))
ASKING = """
import elsewhere

def backend_of(name: str) -> type[Backend]:
    return elsewhere.find(name)

def send(): backend_of("x").send()
def make(): backend_of("x")().close()
def close(backend: Backend): backend.close()
"""


def called(draw: Draw, code: str, caller: str) -> dict[str, str]:
    system = draw({"m.py": code}).system
    return {
        dependency.target.removeprefix("m:"): dependency.resolution
        for dependency in system.dependencies
        if dependency.source == f"m:{caller}" and dependency.target.endswith((".send", ".close"))
    }


@pytest.mark.parametrize("more", ["", INHERITING], ids=["few subclasses", "many that inherit what they have"])
def test_a_declared_class_may_be_any_below_it(draw: Draw, more: str) -> None:
    assert called(draw, FEW + more + ASKING, "send") == {"Backend.send": "inferred", "Mail.send": "inferred"}


@pytest.mark.parametrize("caller", ["make", "close"])
def test_of_many_subclasses_those_count_that_state_the_method_anew(draw: Draw, caller: str) -> None:
    expected = {"Backend.close": "inferred", "Text.close": "inferred"}

    assert called(draw, FEW + INHERITING + ASKING, caller) == expected


def test_a_body_that_shows_the_class_leaves_no_other(draw: Draw) -> None:
    shown = FEW + ASKING.replace("return elsewhere.find(name)", "return Mail")

    assert called(draw, shown, "send") == {"Mail.send": "exact"}


def test_where_too_many_state_it_the_place_is_a_blind_spot(draw: Draw) -> None:
    system = draw({"m.py": FEW + STATING + ASKING}).system
    told = {(spot.definition, spot.reason) for spot in system.blind_spots if spot.kind == "too many values"}

    assert ("m:close", ".close of Backend: too many of its 52 subclasses have one of their own") in told
    assert {d.target for d in system.dependencies if d.source == "m:close"} == {"m:Backend.close"}


def test_plain_data_of_many_subclasses_are_no_blind_spot(draw: Draw) -> None:
    system = draw({"m.py": FEW + INHERITING + "def show(backend: Backend): return backend.label\n"}).system

    assert not [spot for spot in system.blind_spots if spot.kind == "too many values"]


def test_what_each_of_many_registries_keeps_is_its_own(draw: Draw) -> None:
    kinds = [f"Kind{number}" for number in range(12)]
    classes = "".join(
        f"""
class {kind}:
    def run(self): pass
class {kind}s(Registry): pass
of_{kind} = {kind}s()
of_{kind}.register("it", {kind}())
def ask_{kind}(): of_{kind}.get("it").run()
"""
        for kind in kinds
    )
    app = draw(f"""
class Registry:
    def __init__(self): self.things = {{}}
    def register(self, name, thing): self.things[name] = thing
    def get(self, name): return self.things[name]
{classes}""")
    asked = {(d.source, d.target) for d in app.dependencies() if d.target.endswith(".run")}
    assert asked == {(f"m:ask_{kind}", f"m:{kind}.run") for kind in kinds}


def test_that_what_is_kept_is_some_kind_of_very_many_says_nothing_of_it(draw: Draw) -> None:
    """Of a registry that does not say of what it is, the bound of the base's variable would be any thing of the whole application."""
    others = "".join(f"class Other{number}(Thing):\n    def build(self): pass\n" for number in range(4))
    plain = "".join(f"class Plain{number}(Thing): pass\n" for number in range(50))
    app = draw(f"""
from typing import Generic, TypeVar
class Thing: pass
T = TypeVar("T", bound=Thing)
class Registry(Generic[T]):
    def __init__(self): self.things: dict[str, T] = {{}}
    def register(self, name: str, thing: T): self.things[name] = thing
    def get(self, name: str) -> T: return self.things[name]
class Builders(Registry): pass
class House(Thing):
    def build(self): pass
{others}{plain}
builders = Builders()
builders.register("house", House())
def ask(name): builders.get(name).build()
""")
    assert {(d.source, d.target) for d in app.dependencies() if d.target.endswith(".build")} == {
        ("m:ask", "m:House.build")
    }
