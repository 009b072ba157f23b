"""What is noted of a call of a library function, as its summary states: stores, transactions, channels, classes that are asked for.

Each effect is given the call, its name and its arguments, and is applied again whenever more is known of the call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from decompose.linking import channels, given_dictionaries
from decompose.linking.attributes import writing
from decompose.linking.given_arguments import given_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from decompose.facts.records import Ref
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Site
    from decompose.linking.library_call import LibraryCall
    from decompose.linking.program import Scope
    from decompose.linking.values import Value


class StoreUse(NamedTuple):
    """A call that reads, writes or deletes something in a store; ``name`` says what tells its name (see `summaries`)."""

    site: Site
    function: Scope
    receiver: Value
    kind: str
    operation: str
    name: str = ""
    named: Value = -1
    """What the type variable in ``name`` stands for."""
    acting: str = ""
    """The argument that is the function that does it; else it is the one that calls."""


class StoreUses:
    """All of them, in the order in which they are found."""

    def __init__(self) -> None:
        self.found: list[StoreUse] = []
        self.proved = 0
        """So many of them rest on no assumption by a name."""
        self.names_given: dict[Value, tuple[Scope, Ref]] = {}
        """What stands for a name that a call is given (``decompose.Given``) -> where the name is, and what."""


def _note_store(call: LibraryCall, _: str, arguments: list[Any]) -> None:
    """Something in a store is touched; of ``~N`` once for each name that N stands for; not where it is a table that T stands for."""
    kind, operation, name, acting = [*arguments, "", ""][:4]
    name, _, table = name.partition(" unless ")
    if table and call.bindings.get(table):
        return
    variable = name.partition("~")[2]
    for named in (variable and call.bindings.get(variable)) or (-1,):
        use = StoreUse(call.site, call.function, call.receiver, kind, operation, name, named, acting)
        if use not in call.done:
            call.done.add(use)
            call.engine.store_uses.found.append(use)


def _note_transaction(call: LibraryCall, effect: str, arguments: list[Any]) -> None:
    if effect not in call.done:
        call.done.add(effect)
        call.engine.transactions.append((call.site, effect, arguments[0]))


def _use_channels(call: LibraryCall, effect: str, arguments: list[Any]) -> None:
    for channel in call.bindings.get(arguments[0], ()):
        if (effect, channel) not in call.done:
            call.done.add((effect, channel))
            channels.use(call, effect, channel, *arguments[1:])


def _give_dictionary(call: LibraryCall, _: str, __: list[Any]) -> None:
    given_dictionaries.give(call)


def _bind_named_classes(call: LibraryCall, _: str, arguments: list[Any]) -> None:
    """The second variable stands for the classes that the annotations of the first name; of a class those of its initialiser."""
    asked, named = arguments
    engine, found = call.engine, dict.fromkeys(call.bindings.get(named, ()))
    before = len(found)
    for value in call.bindings.get(asked, ()):
        description = engine.values[value]
        if description[0] == "B":
            description = engine.values[description[1]]
        function = engine.program.scopes[description[1]] if description[0] in ("F", "C") else None
        if function is not None and description[0] == "C":
            made = engine.hierarchy.member(function, "__init__")
            function = engine.function_of(made)
        if function is None or function.library:
            continue
        for parameter in function.facts.parameters:
            types = engine.names.types(function, parameter[2]) if parameter[2] is not None else ()
            described = [engine.values[each] for each in types]
            found.update((engine.values.instance(d[1], d[2]), None) for d in described if d[0] == "I")
    if len(found) > before:
        call.bindings[named] = tuple(found)
        call.more_is_known()


def _set_attribute(call: LibraryCall, effect: str, arguments: list[Any]) -> None:
    """The object or class that the method is of has an attribute by the name that is given, from then on."""
    name, given = (given_for(call.site, call.function, argument) for argument in arguments)
    if not isinstance(name, str) or call.receiver < 0 or effect in call.done:
        return
    call.done.add(effect)
    engine, frame = call.engine, call.site.frame
    described = engine.values[call.receiver]
    if described[0] == "C" and engine.program.scopes[described[1]].library:
        source = engine.node_of(frame, given)
        if source >= 0:
            engine.watch(source, _put_into_class, engine, described[1], name)
    else:
        writing.store(engine.single(call.receiver), engine, frame, name, given, call.site.line)


def _put_into_class(new: frozenset[Value], engine: Engine, cls: int, name: str) -> None:
    for value in sorted(new):
        if engine.values[value][0] == "F":
            engine.contribute(cls, name, value)


NOTED: dict[str, Callable[[LibraryCall, str, list[Any]], None]] = {
    "stores": _note_store,
    **dict.fromkeys(("transaction", "commits", "rolls_back", "connects"), _note_transaction),
    **dict.fromkeys(("listens", "announces", "gives"), _use_channels),
    "holds": _give_dictionary,
    "names_classes": _bind_named_classes,
    "sets": _set_attribute,
}
"""Effect -> what applies it."""
