"""Built-in functions that give access to the program's own structure."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from decompose.facts import HOLE, Op
from decompose.facts.records import Ref
from decompose.linking import special_methods
from decompose.linking.attributes import by_name, reading, writing
from decompose.linking.calls import classes, construction
from decompose.linking.catch_alls import ANY_OBJECT
from decompose.linking.containers import keying
from decompose.linking.frames import Site
from decompose.linking.named_loads import load_listed, load_matching, put_together
from decompose.linking.values import Value

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Frame
    from decompose.linking.program import Scope
    from decompose.linking.solver import Node

_ASKED = {
    "str": ("__str__", "__repr__"),
    "bytes": ("__bytes__",),
    "int": ("__int__", "__index__"),
    "float": ("__float__", "__index__"),
    "complex": ("__complex__", "__float__"),
    "bool": ("__bool__", "__len__"),
    "hex": ("__index__",),
    "divmod": ("__divmod__",),
    "pow": ("__pow__",),
}
"""Built-in -> the special methods of its argument that it calls, the first one found."""

_ASKING_CLASSES = {"isinstance": "__instancecheck__", "issubclass": "__subclasscheck__"}


def call_builtin(engine: Engine, site: Site, name: str) -> bool:
    """Built-ins that give access to the program's own structure; the rest is told by the summary."""
    if name == "super":
        _call_super(engine, site)
        return True
    if name in ("type.__call__", "type.__new__"):
        return construction.call_metatype(engine, site, name)
    if name in _ASKED and site.arguments:
        base = engine.node_of(site.frame, site.arguments[0])
        if base >= 0:
            engine.watch(base, _ask, engine, site, _ASKED[name], base)
        return False
    if name == "getattr" and len(site.arguments) >= 2:
        attribute = _name_given(site.frame.scope, site.arguments[1])
        base = engine.node_of(site.frame, site.arguments[0])
        if isinstance(attribute, str) and HOLE in attribute and base >= 0:
            known = put_together(engine, site.frame.scope, attribute)
            for each in known:
                engine.watch(base, reading.load, engine, site.frame, site.result, each, site.line)
            if attribute.strip(HOLE) and not known:
                engine.watch(base, load_matching, engine, site.frame, site.result, attribute, site.line)
        elif isinstance(attribute, str) and base >= 0:
            engine.watch(base, reading.load, engine, site.frame, site.result, attribute, site.line, base)
        elif base >= 0:
            for each in _names_of_branches(site.frame.scope, site.arguments[1]):
                engine.watch(base, reading.load, engine, site.frame, site.result, each, site.line)
            load_listed(engine, site, base)
            if engine.key_parameters.parameter(site.frame.scope, site.arguments[1]) < 0:  # that of a function around it
                engine.named_loads.when_known(site.frame, site.arguments[1], partial(_load_given, engine, site, base))
        if len(site.arguments) > 2:
            default = engine.node_of(site.frame, site.arguments[2])
            if default >= 0:
                engine.edge(default, site.result)
        return True
    if name == "hasattr" and len(site.arguments) == 2:
        attribute, base = keying.constant_of(site.arguments[1]), engine.node_of(site.frame, site.arguments[0])
        if isinstance(attribute, str) and base >= 0:  # whatever a property does to be there is done
            engine.watch(base, reading.load, engine, site.frame, engine.new_node(), attribute, site.line, base)
        return False
    if name in _ASKING_CLASSES and len(site.arguments) == 2:
        classes_asked = engine.node_of(site.frame, site.arguments[1])
        if _ASKING_CLASSES[name] in engine.class_names.own and classes_asked >= 0:
            engine.watch(classes_asked, _ask_classes, engine, site, _ASKING_CLASSES[name])
        return False
    if name == "setattr" and len(site.arguments) == 3:
        attribute = keying.constant_of(site.arguments[1])
        base = engine.node_of(site.frame, site.arguments[0])
        if isinstance(attribute, str) and base >= 0:
            engine.program.stored_attributes.add(attribute)
            engine.watch(base, writing.store, engine, site.frame, attribute, site.arguments[2], site.line)
        elif base >= 0:
            engine.watch(base, writing.store_some, engine, site.frame, site.line)
            by_name.set_attribute(engine, site, base, *site.arguments[1:])
        return True
    if name == "object.__setattr__" and len(site.arguments) in (2, 3):
        _set_plainly(engine, site)
        return False
    if name == "type":
        classes.call_type(engine, site)
        return True
    if name == "vars" and len(site.arguments) == 1:
        base = engine.node_of(site.frame, site.arguments[0])
        if base >= 0:
            engine.watch(base, by_name.give_dictionary, engine, site)
        return True
    if name == "globals" and site.result >= 0:
        engine.put(site.result, engine.values.intern("M", site.frame.scope.module.index))
        return True
    return False


def _ask_classes(new: frozenset[Value], engine: Engine, site: Site, method: str) -> None:
    """The metaclass of a class that something is tested for may answer, and so may that of each in a tuple of classes."""
    for value in new:
        description = engine.values[value]
        if description[0] == "C" and (meta := special_methods.special_class(engine, description)) is not None:
            special_methods.call_method(engine, site.frame, -1, value, meta, method, site.line, site.arguments[0])
        elif description[0] == "O":
            engine.watch(engine.containers.elements(*description[1:]), _ask_classes, engine, site, method)


def _set_plainly(engine: Engine, site: Site) -> None:
    """``object.__setattr__(value, name, given)``, or ``super().__setattr__(name, given)``: whatever the class does itself is left out."""
    name, given = site.arguments[-2:]
    base = engine.node_of(site.frame, site.arguments[0])
    if len(site.arguments) == 2:
        at = _frame_of_method(site.frame)
        base = at.nodes[at.scope.facts.parameters[0][1]] if at is not None and at.scope.facts.parameters else -1
    text, source = keying.constant_of(name), engine.node_of(site.frame, given)
    if base >= 0 and source >= 0 and isinstance(text, str):
        by_name.set_on_all(engine, site, base, -1, text, source)
    elif base >= 0 and len(site.arguments) == 3:
        by_name.set_attribute(engine, site, base, name, given)


def _load_given(engine: Engine, site: Site, base: Node, name: str) -> None:
    engine.watch(base, reading.load, engine, site.frame, site.result, name, site.line)


def _name_given(scope: Scope, ref: Ref) -> Any:
    """The name that an attribute is asked for by; what it only ends with, as in ``kind + "_handler"``, has a hole."""
    for operation in scope.operations_producing(ref):
        if operation[0] == Op.BINARY and operation[4] == "add" and isinstance(operation[3], str):
            return HOLE + operation[3]
    return keying.constant_of(ref)


def _names_of_branches(scope: Scope, ref: Ref) -> list[str]:
    """The names that an attribute is asked for by where each branch before it sets another one; none if one of them is not known."""
    branches = [o[2] if o[0] == Op.COPY else None for o in scope.operations_producing(ref)]
    names = [name for name in branches if isinstance(name, str) and HOLE not in name]
    return names if len(names) == len(branches) else []


def _ask(new: frozenset[Value], engine: Engine, site: Site, names: tuple[str, ...], base: Node) -> None:
    """The first of these special methods that an object has is called, for the values of ``base``."""
    for value in new:
        description = engine.values[value]
        cls = special_methods.special_class(engine, description)
        if cls is not None and (not cls.library or description[0] == "C"):
            for name in names:
                own = engine.hierarchy.member(cls, name) is not None
                if own or special_methods.is_put_in(engine, cls, name):
                    special_methods.call_method(engine, site.frame, -1, value, cls, name, site.line)
                    if name in ANY_OBJECT:
                        engine.catch_alls.note(base, site.frame, value, name, site.line)
                if own:
                    break
        elif cls is not None and names[0] == "__str__" and engine.hierarchy.member(cls, "__str__") is not None:
            # A summary says what the text of its object stands for: a statement that is built, for one.
            special_methods.call_method(engine, site.frame, site.result, value, cls, "__str__", site.line)
        elif cls is not None and names[0] == "__bool__" and engine.hierarchy.member(cls, "__bool__") is not None:
            special_methods.call_method(engine, site.frame, -1, value, cls, "__bool__", site.line)


def _call_super(engine: Engine, site: Site) -> None:
    frame = _frame_of_method(site.frame)
    if frame is None or frame.scope.parent is None:
        return
    start = frame.scope.parent.index
    explicit: Ref = site.arguments[0] if len(site.arguments) == 2 else -1
    for value in engine.names.evaluate(site.frame.scope, explicit):
        if engine.values[value][0] == "C":
            start = engine.values[value][1]
    engine.put(site.result, engine.values.intern("S", start, frame.receiver))
    parameters = frame.scope.facts.parameters
    if parameters and frame.receiver == engine.own_receiver(frame.scope):
        # A decorator's wrapper hands on who it acts for like any argument.
        engine.watch(frame.nodes[parameters[0][1]], _give_super, engine, site.result, start)


def _frame_of_method(frame: Frame | None) -> Frame | None:
    """The method that a frame is one of, or is inside of."""
    while frame is not None and not (frame.scope.is_method and frame.receiver >= 0):
        frame = frame.parent
    return frame


def _give_super(new: frozenset[Value], engine: Engine, result: Node, start: int) -> None:
    for value in new:
        description = engine.values[value]
        if description[0] in ("I", "C") and engine.hierarchy.is_subclass(description[1], start):
            engine.put(result, engine.values.intern("S", start, value))
