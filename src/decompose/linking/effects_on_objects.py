"""What a call of a library function does with objects, as its summary states: it calls their methods, or functions that it is given.

Each effect is given the call, its name and its arguments, and is applied again whenever more is known of the call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from decompose.facts import Op
from decompose.linking import argument_uses, given_dictionaries, special_methods
from decompose.linking.attributes import reading
from decompose.linking.calls import construction, following
from decompose.linking.containers import members
from decompose.linking.effects import told_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from decompose.linking.library_call import LibraryCall
    from decompose.linking.program import Scope
    from decompose.linking.solver import Node
    from decompose.linking.values import Value


def leave(call: LibraryCall, variable: str, name: str) -> bool:
    """Call the application's own methods of that name; whether there are any, which then do what is to be done."""
    left = [leave_to(call, value, name) for value in call.bindings.get(variable, ())]
    return any(left)


def leave_to(call: LibraryCall, value: Value, name: str) -> bool:
    """Call an object's own method of that name, if the application has one."""
    cls = _class_of(call, value)
    member = call.engine.hierarchy.member(cls, name) if cls is not None else None
    if member is None or member.owner.library:
        return False
    _call_on(call, value, [name])
    return True


def run(call: LibraryCall, value: Value, kind: str) -> None:
    """A function or a class that is given runs, by this kind of call."""
    engine, site, description = call.engine, call.site, call.engine.values[value]
    if value in call.done:
        return
    receiver = -1
    if description[0] == "B":
        receiver, description = description[2], engine.values[description[1]]
    if description[0] == "F":
        call.done.add(value)
        outer, result = site.kind, site.result
        # Who asks for work in the background is given a handle, not what the work gives; and so where a summary says what.
        handle = kind == "task" or (call.promised and kind != "decorate")
        site.kind, site.result = kind, -1 if handle else result
        following.call_function(engine, site, description, receiver)
        site.kind, site.result = outer, result
    elif description[0] == "C" and not engine.program.scopes[description[1]].library:
        call.done.add(value)
        construction.construct(engine, site, value, description)


def _invoke(call: LibraryCall, _: str, arguments: list[Any]) -> None:
    """What a type variable stands for runs."""
    variable, kind = arguments
    site = call.site
    decorated = site.arguments[0] if kind == "decorate" and site.arguments else -1
    if any(operation[0] == Op.CLASS for operation in site.frame.scope.operations_producing(decorated)):
        return  # around one of its methods
    for value in call.bindings.get(variable, ()):
        run(call, value, kind)


def _call_own(call: LibraryCall, effect: str, arguments: list[Any]) -> None:
    """The receiver's own method of that name runs; a type variable stands for what it gives."""
    name, kind, *variables = arguments
    if (effect, name) in call.done:
        return
    call.done.add((effect, name))
    engine = call.engine
    cls = _class_of(call, call.receiver) if call.receiver >= 0 else None
    member = engine.hierarchy.member(cls, name) if cls is not None else None
    if cls is not None and member is not None and not member.owner.library:
        result = engine.new_node() if variables else -1
        special_methods.call_method(
            engine, call.site.frame, result, call.receiver, cls, name, call.site.line,
            by=told_name(call.function), kind=kind,
        )  # fmt: skip
        if variables:
            engine.watch(result, call.match_all, tuple(engine.values.intern("T", each) for each in variables))


def _call_methods(call: LibraryCall, _: str, arguments: list[Any]) -> None:
    for value in call.bindings.get(arguments[0], ()):
        _call_on(call, value, arguments[1:])


def _call_on(call: LibraryCall, value: Value, names: Iterable[str], result: Node = -1) -> None:
    """The library calls these methods of an object, its own or those that it inherits from the library."""
    cls = _class_of(call, value)
    for name in _own_names(call, cls, names) if cls is not None else ():
        if cls is not None and (value, name) not in call.done:
            call.done.add((value, name))
            special_methods.call_method(
                call.engine, call.site.frame, result, value, cls, name, call.site.line, by=call.function.definition
            )


def _own_names(call: LibraryCall, cls: Scope, names: Iterable[str]) -> Iterator[str]:
    """The names, with those of the application's methods in the place of one like ``visit_*``."""
    for name in names:
        if not name.endswith("*"):
            yield name
            continue
        owners = (owner for owner in call.engine.hierarchy.order(cls) if not owner.library)
        yield from dict.fromkeys(own for owner in owners for own in owner.facts.names if own.startswith(name[:-1]))


def _use_named(call: LibraryCall, effect: str, arguments: list[Any]) -> None:
    """A method, or an attribute, by a name that a summary's object was made with."""
    variable, names = arguments
    named = [call.engine.values[name][1] for name in call.bindings.get(names, ())]
    for value in call.bindings.get(variable, ()):
        if effect == "calls_named":
            _call_on(call, value, named, call.site.result)
            continue
        for name in named:
            _load_once(call, value, name)


def _give_own(call: LibraryCall, _: str, arguments: list[Any]) -> None:
    """The result is what the application has put into this attribute of the object."""
    name, hierarchy = arguments[0], call.engine.hierarchy
    for value in call.bindings.get("Self", ()) if call.site.result >= 0 else ():
        cls = call.engine.program.scopes[call.engine.values[value][1]]
        member = hierarchy.member(cls, name)
        if hierarchy.sets_itself(cls, name) or (member is not None and not member.owner.library):
            _load_once(call, value, name)


def _load_once(call: LibraryCall, value: Value, name: str) -> None:
    if (value, name) not in call.done:
        call.done.add((value, name))
        only = call.engine.single(value)
        reading.load(only, call.engine, call.site.frame, call.site.result, name, call.site.line)


def _run_query_of(call: LibraryCall, _: str, arguments: list[Any]) -> None:
    """The query that the object's own method gives, or gave before (``rows()``), is run, if the application has something that asks for that."""
    name, asked_for = arguments[0], " ".join(arguments[1:])
    hierarchy = call.engine.hierarchy
    for value in call.bindings.get("Self", ()):
        cls = call.engine.program.scopes[call.engine.values[value][1]]
        found = [hierarchy.member(cls, asking) for asking in asked_for.split()]
        if asked_for and all(member is None or member.owner.library for member in found):
            continue
        if (value, name) not in call.done:
            node = call.engine.new_node()
            if name.endswith("()"):
                call.done.add((value, name))
                given_dictionaries.load(call, value, name, node)
            else:
                _call_on(call, value, [name], node)
            call.engine.watch(node, argument_uses.execute, call)


def _give_members(call: LibraryCall, _: str, arguments: list[Any]) -> None:
    """The result is a list of pairs of what something has: each name with what it is, as far as a predicate tells that it wants it."""
    variable, result = arguments[0], call.site.result
    wanted = call.site.argument(1, arguments[1]) if len(arguments) > 1 else -1
    predicates = call.engine.values_of(call.engine.node_of(call.site.frame, wanted))
    functions = [call.engine.values[value] for value in predicates]
    asked = [members.wanted_by(call.engine.program.scopes[f[1]]) for f in functions if f[0] == "F"]
    which = asked[0] if len(asked) == len(functions) == 1 else members.Wanted()
    for value in call.bindings.get(variable, ()) if result >= 0 else ():
        if (value, "members") not in call.done:
            call.done.add((value, "members"))
            members.put_all(call.engine.single(value), call.engine, result, "list", which)


def _load_fields(call: LibraryCall, _: str, arguments: list[Any]) -> None:
    """What the schemas declare is read from the objects."""
    schemas, rows = arguments
    for schema in call.bindings.get(schemas, ()):
        described = call.engine.values[schema]
        for row in call.bindings.get(rows, ()) if described[0] == "I" else ():
            call.fields.read(call.engine.program.scopes[described[1]], row)


def _class_of(call: LibraryCall, value: Value) -> Scope | None:
    description = call.engine.values[value]
    return call.engine.program.scopes[description[1]] if description[0] == "I" else None


ON_OBJECTS: dict[str, Callable[[LibraryCall, str, list[Any]], None]] = {
    "invokes": _invoke,
    "calls_own": _call_own,
    "calls_on": _call_methods,
    "calls_named": _use_named,
    "asks_named": _use_named,
    "runs_query_of": _run_query_of,
    "gives_own": _give_own,
    "gives_members": _give_members,
    "loads_fields": _load_fields,
}
"""Effect -> what applies it."""
