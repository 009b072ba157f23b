"""Attributes that a class declares by a library's object which holds plain data, such as a column of numbers or text.

Rows are made from tables of data, in which objects stand under one name and text under the next, and not all of what such a table has
is told apart: what a column declares is known better than what seems to be put there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.linking import making
from decompose.linking.found_once import found_once
from decompose.linking.values import Value

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.program import Scope
    from decompose.linking.solver import Node

_PLAIN = frozenset(
    {"builtins:str", "builtins:int", "builtins:float", "builtins:bytes", "builtins:dict", "builtins:list"}
)


@found_once
def holds_data(engine: Engine, cls: Scope, name: str) -> bool:
    """Whether objects of a class have plain data under a name, as the library's object says by which the class declares it."""
    member, ending = engine.hierarchy.member(cls, name), ""
    if member is None:
        beside, joint, last = name.rpartition("_")
        member, ending = engine.hierarchy.member(cls, beside), joint + last
    if member is None or type(member.ref) is not int or member.owner.library:
        return False
    stated = [engine.values[value] for value in engine.names.evaluate(member.owner, member.ref)]
    return bool(stated) and all(
        each[0] == "I" and _is_declared_so(engine, engine.program.scopes[each[1]], ending) for each in stated
    )


def _is_declared_so(engine: Engine, cls: Scope, ending: str) -> bool:
    """Whether a library's class says so of the attribute itself, or of the one beside it with an ``ending`` to its name."""
    if not cls.library:
        return False
    if not ending:
        return engine.hierarchy.member(cls, "__holds_data__") is not None
    told = engine.hierarchy.member(cls, "__data_beside__")
    return told is not None and told.ref == ending


def load_data(new: frozenset[Value], engine: Engine, result: Node) -> None:
    """Of what seems to be put into such an attribute: what data can be."""
    engine.add(result, frozenset(value for value in new if _may_be_data(engine, value)))


@found_once
def _may_be_data(engine: Engine, value: Value) -> bool:
    """Whether a value is no function, no class and no object of the application, but for members of an enumeration and for what is
    text or a number itself.
    """
    kind, index, *_ = engine.values[value]
    if kind in ("F", "C", "B"):
        return False
    if kind != "I" or engine.program.scopes[index].library:
        return True
    cls = engine.program.scopes[index]
    if making.is_enumeration(engine, cls):
        return True
    return any(each.definition in _PLAIN for each in engine.hierarchy.order(cls))
