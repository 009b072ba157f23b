"""Routes under prefixes, as summaries state them: ``@mounts("path", "app")`` puts what ``app`` holds below ``path``.

The argument is an application or a list of routes, in any mixture; an empty path only says that they belong together.
Without an argument it is what the call makes that is found below ``path``, wherever that is put.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from decompose.facts import Op
from decompose.facts.records import ParameterKind, Ref
from decompose.linking.effects import effects_of
from decompose.linking.frames import Site
from decompose.linking.handed_in import handed_at
from decompose.linking.libraries.decorator_routes import join
from decompose.linking.libraries.framework import known_frameworks
from decompose.linking.linked import Linked
from decompose.linking.makers import Makers
from decompose.linking.origins import NOTHING, Given, Origin
from decompose.linking.program import Scope

EFFECT = "mounts"
_MAX_DEPTH = 8
_MAX_PATHS = 50
Made = tuple[int, int]
"""Where something was made: its scope, and the node of the call."""

_UNKNOWN: Made = (-1, -1)
"""What holds something where nothing tells what that is: what it lies below there is known all the same."""


class Mounts:
    """What lies inside of what, and below which path."""

    def __init__(self, linked: Linked) -> None:
        self.linked = linked
        self._makers = Makers(linked)
        self._inside: dict[Made, list[tuple[Made, str]]] = {}
        self._own: dict[Made, str] = {}
        self._holders = set[Made]()
        self._mounts_unknown = False
        """Whether something is put below a path of which nothing tells where it was made."""
        self._known: dict[Made, list[str]] = {}
        for function in linked.program.scopes:
            if function.library and function.facts.decorators and EFFECT in function.module.top.facts.names:
                for effect, arguments in effects_of(linked.engine, function):
                    if effect == EFFECT:
                        self._collect(function, arguments[0], arguments[1:])
        imported = linked.program.imported()
        for framework in known_frameworks():
            for find in framework.mounted if framework.is_used_by(imported) else ():
                for made, path in find(linked):
                    self._own[made] = join(path, self._own[made]) if self._own.get(made) else path

    def _collect(self, function: Scope, path: str, given: list[str]) -> None:
        makes = function.facts.name == "__init__" and function.parent is not None
        bound = function.is_method and function.facts.flavour != "static"
        definition = function.parent.definition if makes and function.parent is not None else function.definition
        for site in self.linked.sites_calling(definition):
            scope = site.frame.scope
            if scope.library or site.kind != "call":
                continue
            made = (scope.index, site.operation[1])
            stated = _argument(site, function, path) if path else -1
            found: list[tuple[Made, list[Made], str]] = []
            for handed in self._handed(site):
                outer = [made] if makes or not bound else self._holding(site, handed)
                prefix = self.linked.constant(scope, stated, handed)
                below = prefix if isinstance(prefix, str) else "<dynamic>" if stated != -1 else ""
                if not given:
                    self._own[made] = below
                refs = (ref for name in given for ref in _arguments(site, function, name))
                found += [(inner, outer, below) for ref in refs for inner in self._made(scope, ref, handed)]
                self._holders.update(outer if given else ())
            self._mounts_unknown = self._mounts_unknown or (bool(given) and stated != -1 and not found)
            known = any(outer for _, outer, _ in found)
            for inner, outer, below in found:
                for holder in outer if known else [_UNKNOWN]:
                    if inner != holder and (holder, below) not in self._inside.setdefault(inner, []):
                        self._inside[inner].append((holder, below))

    def _holding(self, site: Site, given: Given) -> list[Made]:
        """The calls that made the object whose method is called, also where an object keeps it as an attribute."""
        return [(made.scope.index, made.operation[1]) for made in self.receivers(site, given)]

    def _handed(self, site: Site) -> list[Given]:
        """What callers hand in to the function around a call, where that calls a method of a parameter or hands one on."""
        scope = site.frame.scope
        called = [of for of, _ in scope.attributes_read(site.operation[2])]
        used = [*site.arguments, *(ref for _, ref in site.keywords), *called]
        if not scope.is_function or not any(parameter[1] in used for parameter in scope.facts.parameters):
            return [NOTHING]
        callers = islice(self.linked.sites_leading_to(scope), _MAX_PATHS)
        return [{**_defaults(caller.frame.scope), **handed_at(scope, caller)} for caller in callers] or [NOTHING]

    def _made(self, scope: Scope, ref: Ref, given: Given) -> Iterator[Made]:
        """The calls that made what a value is, or what a list holds."""
        waiting, seen = [(scope, ref)], set[Made]()
        while waiting:
            scope, ref = waiting.pop()
            if isinstance(ref, list) and ref[0] == "*":
                ref = ref[1]
            if isinstance(ref, str):
                named = _named(self.linked, ref)
                if named is not None:
                    waiting.append(named)
                continue
            if type(ref) is not int or ref < 0 or (scope.index, ref) in seen:
                continue
            seen.add((scope.index, ref))
            if (scope.index, ref) in given:
                waiting.append(given[scope.index, ref])
            for operation in scope.operations_producing(ref):
                match operation[0]:
                    case Op.CONTAINER:
                        waiting.extend((scope, element) for element in operation[3])
                    case Op.BINARY:
                        waiting += [(scope, operation[2]), (scope, operation[3])]
                    case Op.COPY:
                        waiting.append((scope, operation[2]))
                    case Op.CALL:
                        yield scope.index, operation[1]
                        waiting.extend(_returned(self.linked, scope, operation))
                    case Op.FREE | Op.FROM | Op.ATTRIBUTE:
                        origin = self.linked.origin(scope, ref)
                        if origin is not None and origin.operation is not operation:
                            waiting.append((origin.scope, origin.operation[1]))
                        elif operation[0] == Op.ATTRIBUTE and operation[3] == "routes":
                            waiting.append((scope, operation[2]))
                        else:
                            waiting += self._traced(scope, ref, given)
            if not scope.operations_producing(ref):
                waiting += self._traced(scope, ref, given)

    def _traced(self, scope: Scope, ref: Ref, given: Given) -> list[tuple[Scope, Ref]]:
        """Where a value was made that a parameter or an attribute is, whoever calls."""
        origins = [made for made, _ in self._makers.of(scope, ref, given)]
        return [(made.scope, made.operation[1]) for made in origins if made.operation[0] in (Op.CALL, Op.CONTAINER)]

    def receivers(self, site: Site, given: Given = NOTHING) -> list[Origin]:
        """The calls that may have made the object whose method is called, or the one that it is an attribute of."""
        origin = self.receiver(site, given)
        if origin is not None and origin.operation[0] == Op.CALL:
            return [origin]
        scope, called = self.linked.callee(site.frame.scope, site.operation, given)
        for _ in range(_MAX_DEPTH):
            held = next(iter(scope.attributes_read(called)), None)
            if held is None:
                break
            called = held[0]
            made = [made for made, _ in self._makers.of(scope, called, given) if made.operation[0] == Op.CALL]
            if made:
                return made
        return []

    def receiver(self, site: Site, given: Given = NOTHING) -> Origin | None:
        """Where the object was made whose method is called; for ``app.router.add_get`` that is the application."""
        scope, called = self.linked.callee(site.frame.scope, site.operation, given)
        asked = next(iter(scope.attributes_read(called)), None) if given else None
        held = self.linked.settled(scope, asked[0], given) if asked is not None else None
        if held is None and asked is not None and scope is not site.frame.scope:
            held = scope, asked[0]
        origin = self.linked.origin(*held) if held is not None else self.linked.receiver(site)
        for _ in range(_MAX_DEPTH):
            if origin is None or origin.operation[0] != Op.ATTRIBUTE:
                break
            origin = self.linked.origin(origin.scope, origin.operation[2])
        return origin

    def prefixes(self, site: Site, given: Given = NOTHING) -> list[str]:
        """The paths that a route is found below, which a call declares or a method of what holds it."""
        if not self._inside and not self._own and not self._mounts_unknown:
            return [""]
        made = (site.frame.scope.index, site.operation[1])
        keys = [made] if made in self._inside else self._holding(site, given)
        if self._mounts_unknown and keys and all(self._may_be_mounted(key) for key in keys):
            return ["<dynamic>"]
        return list(dict.fromkeys(path for key in keys for path in self._above(key, 0))) or [""]

    def _may_be_mounted(self, made: Made) -> bool:
        """Whether something may be what is mounted where nothing tells what that is: what a function makes that mounts nothing,
        and that nothing else is known to hold.
        """
        known = made in self._inside or made in self._holders or made in self._own
        return not known and self.linked.program.scopes[made[0]].is_function

    def prefixes_of(self, made: Origin | None) -> list[str]:
        """The paths below which something that a call made is found."""
        key = _key(made)
        return self.paths_above(key) if key is not None else [""]

    def paths_above(self, made: Made) -> list[str]:
        """The paths below which what a call made is found."""
        return self._above(made, 0)

    def around(self, made: Made) -> list[Made]:
        """The calls that made what holds it."""
        return [outer for outer, _ in self._inside.get(made, [])]

    def _above(self, key: Made, depth: int) -> list[str]:
        """The paths that something made is found below; what is mounted in a circle is not gone through again."""
        known = self._known.get(key)
        if known is None:
            if depth > _MAX_DEPTH:
                return [""]
            self._known[key] = []
            outer = self._inside.get(key, [])
            above = ((before, below) for at, below in outer for before in self._above(at, depth + 1))
            found = [join(before, below) if below else before for before, below in above]
            own = self._own.get(key, "")
            paths = dict.fromkeys(join(before, own) if own else before for before in found or [""])
            known = self._known[key] = list(paths)[:_MAX_PATHS]
        return known


def _defaults(function: Scope) -> dict[tuple[int, int], tuple[Scope, Any]]:
    """What the parameters of a function are unless somebody says otherwise, as far as these are texts."""
    around = function.parent
    parameters = function.facts.parameters if around is not None and function.is_function else ()
    return {(function.index, p[1]): (around, p[3]) for p in parameters if around is not None and isinstance(p[3], str)}


def _named(linked: Linked, dotted: str) -> tuple[Scope, Ref] | None:
    """What a module of the application binds to a name: ``shop.carts.router``."""
    module_name, _, name = dotted.rpartition(".")
    module = linked.program.by_name.get(module_name)
    bound = module.top.facts.names.get(name) if module is not None and not module.library else None
    return (module.top, bound) if module is not None and type(bound) is int else None


def _returned(linked: Linked, scope: Scope, call: list[Any]) -> Iterator[tuple[Scope, Ref]]:
    """What the functions of the application return that a call operation calls."""
    for value in sorted(linked.names.evaluate(scope, call[2])):
        description = linked.values[value]
        function = linked.program.scopes[description[1]] if description[0] == "F" else None
        if function is not None and not function.library:
            yield from ((function, ref) for ref in function.facts.returns)


def _argument(site: Site, function: Scope, name: str) -> Ref:
    """The ref of an argument, by the name of its parameter; -1 when it is not given."""
    return next(iter(_arguments(site, function, name)), -1)


def _arguments(site: Site, function: Scope, name: str) -> list[Ref]:
    """The refs of what is given for a parameter: several for one that takes all further arguments."""
    parameters = function.facts.parameters[1 if function.is_method and function.facts.flavour != "static" else 0 :]
    position = next(number for number, parameter in enumerate(parameters) if parameter[0] == name)
    if parameters[position][4] == ParameterKind.STAR:
        return site.arguments[position:]
    given = site.argument(position if parameters[position][4] == ParameterKind.POSITIONAL else -1, name)
    return [given] if given != -1 else []


def _key(origin: Origin | None) -> Made | None:
    return (origin.scope.index, origin.operation[1]) if origin is not None and origin.operation[0] == Op.CALL else None
