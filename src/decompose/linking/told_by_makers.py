"""What the initialiser of a library's class runs of what it is given, told where the object is made.

An initialiser of the application's own that only hands the argument on (`super().__init__(*args, **kwargs)`) acts for all who make
such objects: it would be told to run the queries of all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.facts.records import ParameterKind
from decompose.linking import argument_uses, library_call
from decompose.linking.effects import effects_of
from decompose.made_once import made_once

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Site
    from decompose.linking.library_call import LibraryCall
    from decompose.linking.program import Scope

_HandedOn = tuple["Scope", int, str]
"""The library's initialiser, and the place and the name of the argument of which it runs the queries."""


def tell(engine: Engine, site: Site, cls: Scope, initialiser: Scope) -> None:
    """Run what the library's initialiser runs, for the arguments with which an object is made."""
    found = _known(engine).handed_on(cls, initialiser)
    if found is None or not site.first_time((cls.index, "told by maker")):
        return
    library, position, name = found
    node = engine.node_of(site.frame, site.argument(position, name))
    if node >= 0:
        engine.watch(node, argument_uses.render, library_call.LibraryCall(engine, site, library, {}, ()))


def is_told(call: LibraryCall) -> bool:
    """Whether a call of a library's initialiser, from one of the application's, is told where the object is made instead."""
    engine, frame = call.engine, call.site.frame
    if call.function.facts.name != "__init__" or frame.scope.facts.name != "__init__" or frame.receiver < 0:
        return False
    described = engine.values[frame.receiver]
    cls = engine.program.scopes[described[1]] if described[0] == "I" else None
    own = engine.function_of(engine.hierarchy.member(cls, "__init__")) if cls is not None else None
    return cls is not None and own is not None and not own.library and _known(engine).handed_on(cls, own) is not None


class _Initialisers:
    """What is known of the initialisers of classes."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._known: dict[int, _HandedOn | None] = {}

    def handed_on(self, cls: Scope, initialiser: Scope) -> _HandedOn | None:
        """What the initialiser of a class hands on to the library's; None where that is nothing, or it is given something else."""
        if cls.index not in self._known:
            self._known[cls.index] = self._find(cls, initialiser) if initialiser.facts.parameters else None
        return self._known[cls.index]

    def _find(self, cls: Scope, initialiser: Scope) -> _HandedOn | None:
        engine = self.engine
        for above in engine.hierarchy.order(cls):
            library = engine.plain_function(above, above.facts.names.get("__init__", -1)) if above.library else None
            if library is None:
                continue
            names = [parameter[0] for parameter in library.facts.parameters[1:]]
            for effect, arguments in effects_of(engine, library):
                name = arguments[0] if arguments else ""
                if effect == "renders" and name in names and _is_in_place(initialiser, names.index(name), name):
                    return library, names.index(name), name
            return None
        return None


_known = made_once(_Initialisers)


def _is_in_place(initialiser: Scope, position: int, name: str) -> bool:
    """Whether an initialiser is given in the same place what that of the library has there."""
    for at, (given, _, _, _, kind) in enumerate(initialiser.facts.parameters[1:]):
        if kind == ParameterKind.STAR:
            return True
        if at == position:
            return bool(given == name)
    return False
