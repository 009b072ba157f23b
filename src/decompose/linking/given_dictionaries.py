"""Dictionaries that a library gives, with what its object has: ``@holds("object", "object", "{M}", ".context_object_name")``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.linking import library_calls
from decompose.linking.attributes import reading
from decompose.linking.effects import effects_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decompose.linking.library_call import LibraryCall
    from decompose.linking.program import Scope
    from decompose.linking.solver import Node
    from decompose.linking.values import Value


def give(call: LibraryCall) -> None:
    """The result is a dictionary of this call's own, with what all ancestors of the object state for such a method."""
    engine, site = call.engine, call.site
    for value in call.bindings.get("Self", ()) if site.result >= 0 else ():
        if ("holds", value) in call.done:
            continue
        call.done.add(("holds", value))
        cls = engine.program.scopes[engine.values[value][1]]
        every = engine.new_node()
        engine.put(site.result, engine.values.intern("O", "dict", every))
        for owner, what, keys in list(_stated(call, cls)):
            held = engine.new_node()
            load(call, value, what, held)
            for key in _keys(call, cls, owner, keys):
                engine.edge(held, engine.containers.slot(every, key))


def _stated(call: LibraryCall, cls: Scope) -> Iterator[tuple[Scope, str, list[str]]]:
    """The library's classes that state something, what it is, and the keys under which it is."""
    for owner in call.engine.hierarchy.order(cls):
        ref = owner.facts.names.get(call.function.facts.name, -1) if owner.library else -1
        function = call.engine.plain_function(owner, ref)
        for effect, arguments in effects_of(call.engine, function) if function is not None else ():
            if effect == "holds" and arguments:
                yield owner, arguments[0], arguments[1:]


def load(call: LibraryCall, value: Value, what: str, result: Node) -> None:
    """What the object has: an attribute, or what a method gives, which others have called before."""
    engine, site = call.engine, call.site
    if not what.endswith("()"):
        reading.load(engine.single(value), engine, site.frame, result, what, site.line)
        return
    member = engine.hierarchy.member(engine.program.scopes[engine.values[value][1]], what.removesuffix("()"))
    function = engine.function_of(member)
    if member is None or function is None:
        return
    if function.library:
        library_calls.call_implicitly(engine, site.frame, result, function, value, site.line)
    else:
        engine.edge(engine.frame(function, engine.class_frame(member.owner), value).returns, result)


def _keys(call: LibraryCall, cls: Scope, owner: Scope, keys: list[str]) -> Iterator[str]:
    engine = call.engine
    for key in keys:
        if key.startswith("."):
            member = engine.hierarchy.member(cls, key[1:])
            named = engine.names.constants.constant(member.owner, member.ref) if member is not None else None
            if isinstance(named, str):
                yield named
        elif "{" in key:
            for row in engine.hierarchy.bindings(cls, (), owner).get("M", ()):
                described = engine.values[row]
                if described[0] == "I":
                    yield key.format(M=engine.program.scopes[described[1]].facts.name.lower())
        else:
            yield key
