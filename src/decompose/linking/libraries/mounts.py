"""Routes under prefixes, as summaries state them: ``@mounts("path", "app")`` puts what ``app`` holds below ``path``.

The argument is an application or a list of routes, in any mixture; an empty path only says that they belong together.
"""

from __future__ import annotations

from collections.abc import Iterator

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.effects import effects_of
from decompose.linking.frames import Site
from decompose.linking.libraries.decorator_routes import join
from decompose.linking.linked import Linked, Origin
from decompose.linking.program import Scope

EFFECT = "mounts"
_MAX_DEPTH = 8
_Key = tuple[int, int]
"""Where something was made: its scope, and the node of the call."""


class Mounts:
    """What lies inside of what, and below which path."""

    def __init__(self, linked: Linked) -> None:
        self.linked = linked
        self._inside: dict[_Key, list[tuple[_Key, str]]] = {}
        for function in linked.program.scopes:
            if function.library and function.facts.decorators and EFFECT in function.module.top.facts.names:
                for effect, arguments in effects_of(linked.engine, function):
                    if effect == EFFECT:
                        self._collect(function, arguments[0], arguments[1:])

    def _collect(self, function: Scope, path: str, given: list[str]) -> None:
        makes = function.facts.name == "__init__" and function.parent is not None
        definition = function.parent.definition if makes and function.parent is not None else function.definition
        names = [parameter[0] for parameter in function.facts.parameters]
        skip = 1 if function.is_method else 0
        for site in self.linked.sites_calling(definition):
            scope = site.frame.scope
            if scope.library or site.kind != "call":
                continue
            outer = (scope.index, site.operation[1]) if makes or not function.is_method else _key(self.receiver(site))
            prefix = self.linked.constant(scope, site.argument(names.index(path) - skip, path)) if path else ""
            for name in given if outer is not None else ():
                ref = site.argument(names.index(name) - skip, name)
                for inner in self._made(scope, ref, 0):
                    if outer is not None and inner != outer:
                        below = prefix if isinstance(prefix, str) else "<dynamic>"
                        self._inside.setdefault(inner, []).append((outer, below))

    def _made(self, scope: Scope, ref: Ref, depth: int) -> Iterator[_Key]:
        """The calls that made what a value is, or what a list holds."""
        if isinstance(ref, list) and ref[0] == "*":
            ref = ref[1]
        if type(ref) is not int or ref < 0 or depth > _MAX_DEPTH:
            return
        for operation in scope.operations_producing(ref):
            match operation[0]:
                case Op.CONTAINER:
                    for element in operation[3]:
                        yield from self._made(scope, element, depth + 1)
                case Op.BINARY:
                    yield from self._made(scope, operation[2], depth + 1)
                    yield from self._made(scope, operation[3], depth + 1)
                case Op.CALL:
                    yield scope.index, operation[1]
                    for value in self.linked.names.evaluate(scope, operation[2]):
                        description = self.linked.values[value]
                        function = self.linked.program.scopes[description[1]] if description[0] == "F" else None
                        if function is not None and not function.library:
                            for given in function.facts.returns:
                                yield from self._made(function, given, depth + 1)
                case Op.COPY:
                    yield from self._made(scope, operation[2], depth + 1)
                case Op.FREE | Op.FROM | Op.ATTRIBUTE:
                    origin = self.linked.origin(scope, ref)
                    if origin is not None and origin.operation is not operation:
                        yield from self._made(origin.scope, origin.operation[1], depth + 1)

    def receiver(self, site: Site) -> Origin | None:
        """Where the object was made whose method is called; for ``app.router.add_get`` that is the application."""
        scope = site.frame.scope
        for operation in scope.operations_producing(site.operation[2]):
            origin = self.linked.origin(scope, operation[2]) if operation[0] == Op.ATTRIBUTE else None
            for _ in range(_MAX_DEPTH):
                if origin is None or origin.operation[0] != Op.ATTRIBUTE:
                    break
                origin = self.linked.origin(origin.scope, origin.operation[2])
            return origin
        return None

    def prefixes(self, site: Site) -> list[str]:
        """The paths that a route is found below, which a call declares or a method of what holds it."""
        if not self._inside:
            return [""]
        own = (site.frame.scope.index, site.operation[1])
        key = own if own in self._inside else _key(self.receiver(site))
        return list(dict.fromkeys(self._above(key, 0)))

    def _above(self, key: _Key | None, depth: int) -> list[str]:
        outer = self._inside.get(key, []) if key is not None and depth < _MAX_DEPTH else []
        found = [
            join(before, below) if below else before for at, below in outer for before in self._above(at, depth + 1)
        ]
        return found or [""]


def _key(origin: Origin | None) -> _Key | None:
    return (origin.scope.index, origin.operation[1]) if origin is not None and origin.operation[0] == Op.CALL else None
