"""Which functions reach a library, and by which calls: through decorators, helpers and loops of the application.

``register(view)`` in a function of the application says nothing by itself: who calls the function, and with what, makes the route or
the task.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.called_back import CalledBack
from decompose.linking.frames import Frame, Site
from decompose.linking.handed_in import handed_at, handed_by_call, object_called
from decompose.linking.makers import MAX_CALLS, Makers
from decompose.linking.marked import Marked, marked
from decompose.linking.origins import NOTHING, Given, Origin
from decompose.linking.program import Scope
from decompose.linking.put_around import parameter_within
from decompose.linking.unpacked import Unpacked


class Registrations:
    """The calls of one linked program by which functions are handed on, with the values that ``makers`` traces."""

    def __init__(self, makers: Makers) -> None:
        self.makers = makers
        self.linked = makers.linked
        self.unpacked = Unpacked(makers)
        self._called_back = CalledBack(self.linked)
        self._frames: dict[int, Frame] = {}
        self._followed: set[tuple[int, int, str]] = set()
        """Calls that were followed to who calls the function around them: once, in however many frames they are."""
        self._called: dict[int, _Called] = {}

    def calls(self, site: Site, ref: Ref, given: Given = NOTHING) -> Iterator[tuple[Site, Ref, Given]]:
        """The calls by which a value reaches an argument that is a parameter of the function around it, each with the
        argument there and what else the call hands in; the site itself where it is none.

        A function that a decorator puts around its parameter stands for what it decorates.
        """
        element = self.unpacked.element(ref)
        frame = self._frame_of(element[0]) if element is not None else None
        if element is not None and frame is not None:
            site, ref = Site(frame, element[2], "call"), element[1]
        scope = site.frame.scope
        marks = marked(self.linked, site, ref)
        if marks:
            yield from self._marked(site, marks, given)
            return
        wrapped = self._wrapped(scope, ref)
        ref = wrapped if wrapped is not None else self._wrapped_elsewhere(scope, ref)
        ref = parameter_within(self.linked, scope, self._viewed(scope, ref))
        for place, reached, settled in self._calls(site, ref, given, MAX_CALLS):
            yield from self._in_rows(place, reached, settled)

    def _marked(self, site: Site, marks: list[Marked], given: Given) -> Iterator[tuple[Site, Ref, Given]]:
        """Each function that is marked for a call which registers such, where its decorator stands."""
        for mark in marks:
            around = mark.decoration.frame.scope
            place = Site(mark.decoration.frame, [*site.operation[:-1], mark.decoration.operation[-1]], "call")
            made_with = _with_options(mark.decorator, mark.decoration)
            yield (
                place,
                around.facts.names.get(mark.function.facts.name, mark.decoration.operation[1]),
                {**given, **mark.settled, **made_with},
            )

    def in_rows(self, site: Site, name: str) -> Iterator[tuple[Site, Ref, Given]]:
        """The argument ``name`` in each of the rows that a call is given by ``**row``, as `calls` gives it."""
        for ref in (ref for keyword, ref in site.keywords if keyword is None):
            for row, given in self.makers.of(site.frame.scope, ref):
                elements = row.operation[3] if row.operation[0] == Op.CONTAINER else []
                keyed = dict(zip(row.operation[4] or (), elements, strict=False)) if elements else {}
                frame = self._frame_of(row.scope)
                if frame is not None and name in keyed:
                    yield Site(frame, [*site.operation[:-1], row.operation[-1]], "call"), keyed[name], given
            for given in self.makers.choices(site.frame.scope, ref):
                row_of_constants = self.linked.constant(site.frame.scope, ref, given)
                if isinstance(row_of_constants, dict) and isinstance(row_of_constants.get(name), str):
                    yield site, row_of_constants[name], given

    def decorated(
        self, site: Site, given: Given = NOTHING, depth: int = MAX_CALLS
    ) -> Iterator[tuple[Site, Ref, Given]]:
        """The functions that the result of a call decorates, each with where, and what is handed in on the way there.

        Also where the result is called with them, where a function of the application gives the result to who calls it, and, by
        `calls`, where the application has a decorator of its own around it.
        """
        scope = site.frame.scope
        for decoration in self.linked.decorations(site):
            yield from self.calls(decoration, decoration.arguments[0], given)
        for operation in self._calls_of(scope, site.operation[1]) if site.operation[1] >= 0 else ():
            called = Site(site.frame, operation, "call")
            yield from self.calls(called, operation[3][0], given)
        gives = depth and site.operation[1] in scope.facts.returns and not scope.library
        if gives and (given or not self._is_followed(site, "result")):
            for caller in self.linked.sites_leading_to(scope):
                if self.makers.spent(scope):
                    return
                handed = handed_at(scope, caller)
                yield from self.decorated(caller, {**given, **handed}, depth - 1)

    def _calls_of(self, scope: Scope, made: Ref) -> list[Any]:
        """The calls, with arguments, of what another call made: of that itself, or of each element of a list with it in a loop."""
        called = self._called.get(scope.index)
        if called is None:
            called = self._called[scope.index] = _called_in(scope)
        in_loops = [
            (position, operation)
            for position, operation, loop in called.in_loops
            if operation[2] != made
            and any(
                made in row.operation[3]
                for row, _ in self.makers.of(scope, loop[2])
                if row.operation[0] == Op.CONTAINER
            )
        ]
        return [
            operation for _, operation in sorted(called.by_callee.get(made, []) + in_loops, key=lambda call: call[0])
        ]

    def _calls(self, site: Site, ref: Ref, given: Given, depth: int) -> Iterator[tuple[Site, Ref, Given]]:
        scope = site.frame.scope
        ref = scope.copied_from(ref)
        parameter = next((p for p in scope.facts.parameters if p[1] == ref), None) if type(ref) is int else None
        # Calls of a method that takes the place of the library's own are registrations themselves.
        follows = parameter is not None and depth and not self.linked.replaced(scope)
        called_back = self._called_back.calls(scope) if follows else []
        for caller, handed in called_back:
            if (scope.index, ref) in handed and handed[scope.index, ref][0] is caller.frame.scope:
                yield from self._calls(caller, handed[scope.index, ref][1], {**given, **handed}, depth - 1)
        if called_back:
            return
        callers = self.linked.sites_leading_to(scope) if follows else []
        if not callers:
            yield site, ref, given
        elif not given and self._is_followed(site, "argument"):
            return
        for caller in callers:
            if self.makers.spent(scope):
                return
            handed = handed_at(scope, caller)
            if (scope.index, ref) in handed:
                outer, inner = handed[scope.index, ref]
                if outer is caller.frame.scope:
                    options = {**_with_options(scope, caller), **self._kept_by_object(scope, caller)}
                    yield from self._calls(caller, inner, {**given, **handed, **options}, depth - 1)

    def _kept_by_object(self, scope: Scope, caller: Site) -> Given:
        if scope.facts.name != "__call__" or scope.parent is None or not scope.is_method:
            return NOTHING
        member = self.linked.hierarchy.member(scope.parent, "__init__")
        return _with_attributes(scope, caller, self.linked.engine.function_of(member))

    def _viewed(self, scope: Scope, ref: Ref) -> Ref:
        """The view of ``view.as_view("name")``, if a caller hands it in or a loop goes over it; else the ref itself."""
        nodes = [ref]
        for node in nodes:
            for operation in scope.operations_producing(node):
                if operation[0] == Op.COPY and operation[2] not in nodes:
                    nodes.append(operation[2])
                for method in scope.operations_producing(operation[2]) if operation[0] == Op.CALL else ():
                    viewed = method[2] if method[0] == Op.ATTRIBUTE else -1
                    if _loop_behind(scope, viewed) is not None or any(p[1] == viewed for p in scope.facts.parameters):
                        return viewed
        return ref

    def _in_rows(self, site: Site, ref: Ref, given: Given) -> Iterator[tuple[Site, Ref, Given]]:
        """Each of what a value is in a loop, with where its row stands and what else is settled by the row; a value that is in
        no loop itself.
        """
        scope = site.frame.scope
        ref = scope.copied_from(ref)
        loop = _loop_behind(scope, ref)
        if loop is None:
            yield from self._named_in_rows(site, ref, given)
            return
        if not given and self._is_followed(site, "row"):
            return
        found = False
        for row, element, chosen in self.makers.rows(scope, loop, given):
            listed, at = site.operation, (row, element)
            if row is not scope:
                listed = [*listed[:-1], _line_of(row, element)]
            if ref != loop[1]:
                made = Origin(row, element) if isinstance(element, list) else self.linked.origin(row, element)
                inside = self.linked.element(scope, ref, chosen)
                if made is None or inside is None:
                    continue
                listed, at = made.operation, inside
            frame = self._frame_of(at[0])
            if frame is not None:
                found = True
                place = Site(frame, listed, "call") if listed is not site.operation else site
                yield place, at[1], chosen
        if not found:
            yield site, ref, given

    def _named_in_rows(self, site: Site, ref: Ref, given: Given) -> Iterator[tuple[Site, Ref, Given]]:
        """``globals()[name]`` for each name that a loop goes over, with the name settled; the value itself where it is none of that kind."""
        scope, found = site.frame.scope, False
        name = _name_of_global(scope, ref)
        loop = _loop_behind(scope, name)
        top = scope.module.scopes[0]
        frame = self._frame_of(top) if loop is not None and loop[1] == scope.copied_from(name) else None
        rows = self.makers.rows(scope, loop, given) if loop is not None and frame is not None else ()
        for _, told, chosen in rows:
            if frame is not None and isinstance(told, str) and told in top.facts.names:
                found = True
                yield Site(frame, site.operation, "call"), top.facts.names[told], chosen
        if not found:
            yield site, ref, given

    def _frame_of(self, scope: Scope) -> Frame | None:
        """The first frame in which a scope was looked at."""
        if not self._frames:
            for frame in self.linked.engine.frames:
                self._frames.setdefault(frame.scope.index, frame)
        return self._frames.get(scope.index)

    def follow_anew(self) -> None:
        """Begin with another library function: what was followed for one may be a call of this one as well."""
        self._followed.clear()

    def _is_followed(self, site: Site, what: str) -> bool:
        key = (site.frame.scope.index, site.operation[1], what)
        known = key in self._followed
        self._followed.add(key)
        return known

    def _wrapped(self, scope: Scope, ref: Ref) -> Ref | None:
        """The parameter that a function, made in a decorator of the application, is put around; None if it is no such function."""
        if not scope.is_function or not scope.facts.parameters:
            return None
        origin = self.linked.origin(scope, ref)
        if origin is None or origin.scope is not scope or origin.operation[0] != Op.FUNCTION:
            return None
        inner = scope.module.scopes[origin.operation[2]]
        name, node, *_ = next((p for p in scope.facts.parameters if p[0] not in ("self", "cls")), ("", -1))
        calls = _calls_named(scope, inner, name, MAX_CALLS)
        # ``@wraps(function)``: then it need not be called there itself.
        takes = {o[1] for o in scope.facts.ops if o[0] == Op.CALL and node in o[3]} if not calls else ()
        calls = calls or any(
            o[0] == Op.DECORATE and o[2] in takes and o[3] == origin.operation[1] for o in scope.facts.ops
        )
        return node if calls and self._decorates(scope, MAX_CALLS) else None

    def _decorates(self, scope: Scope, depth: int) -> bool:
        """Whether functions are decorated by a function, or by one that gives who decorates by it what this one gives."""
        for site in self.linked.sites_leading_to(scope):
            around = site.frame.scope
            hands_back = depth and around.is_function and site.operation[1] in around.facts.returns
            if site.kind == "decorate" or (hands_back and self._decorates(around, depth - 1)):
                return True
        return False

    def _wrapped_elsewhere(self, scope: Scope, ref: Ref) -> Ref:
        """What a decorator of the application decorates, where it hands on what another makes of that; else the ref itself."""
        own = (
            next((p[1] for p in scope.facts.parameters if p[0] not in ("self", "cls")), -1) if scope.is_function else -1
        )
        waiting, steps = [scope.copied_from(ref)], 0
        while waiting and own != -1 and steps < MAX_CALLS:
            made, steps = waiting.pop(), steps + 1
            if made == own:
                decorates = any(site.kind == "decorate" for site in self.linked.sites_leading_to(scope))
                return own if decorates else ref
            calls = [o for o in scope.operations_producing(made) if o[0] == Op.CALL and len(o[3]) == 1]
            waiting += [scope.copied_from(call[3][0]) for call in calls]
        return ref


def _calls_named(around: Scope, inner: Scope, name: str, depth: int) -> bool:
    """Whether a function calls what the function around it knows by a name, itself or by another function made there."""
    loaded = {operation[1]: operation[2] for operation in inner.facts.ops if operation[0] == Op.FREE}
    called = {
        loaded[operation[2]] for operation in inner.facts.ops if operation[0] == Op.CALL and operation[2] in loaded
    }
    if name in called or not depth:
        return name in called
    made = {
        other: inner.module.scopes[operation[2]]
        for other in sorted(called)
        for operation in around.operations_producing(around.facts.names.get(other, -1))
        if operation[0] == Op.FUNCTION
    }
    return any(_calls_named(around, function, name, depth - 1) for function in made.values())


def _line_of(scope: Scope, element: Ref) -> int:
    """Where an element stands in a list, or is given to a call one by one; where a class is declared that comes into its list otherwise."""
    for operation in scope.facts.ops:
        if operation[0] in (Op.CONTAINER, Op.CALL) and element in operation[3]:
            line: int = operation[-1]
            return line
        if operation[0] == Op.CLASS and operation[1] == element:
            declared: Scope = scope.module.scopes[operation[2]]
            return declared.facts.line
    return scope.facts.line


class _Called(NamedTuple):
    """The calls of a scope that have arguments, each with its position: by what is called, and those of what a loop goes over, with the loop."""

    by_callee: dict[Ref, list[tuple[int, list[Any]]]]
    in_loops: list[tuple[int, list[Any], list[Any]]]


def _called_in(scope: Scope) -> _Called:
    called = _Called({}, [])
    for position, operation in enumerate(scope.facts.ops):
        if operation[0] == Op.CALL and operation[3]:
            called.by_callee.setdefault(operation[2], []).append((position, operation))
            loop = _loop_behind(scope, operation[2])
            if loop is not None:
                called.in_loops.append((position, operation, loop))
    return called


def _loop_behind(scope: Scope, ref: Ref) -> list[Any] | None:
    """The loop that gives a value, alone or in a row at a constant place."""
    for operation in scope.operations_producing(scope.copied_from(ref)):
        if operation[0] == Op.ITERATE:
            loop: list[Any] = operation
            return loop
        if operation[0] == Op.ITEM:
            return next((o for o in scope.operations_producing(operation[2]) if o[0] == Op.ITERATE), None)
    return None


def _name_of_global(scope: Scope, ref: Ref) -> Ref:
    """The key of ``globals()[key]``; -1 for anything else."""
    for operation in scope.operations_producing(ref):
        if operation[0] == Op.ITEM:
            for called in (o[2] for o in scope.operations_producing(operation[2]) if o[0] == Op.CALL):
                if any(o[0] == Op.FREE and o[2] == "globals" for o in scope.operations_producing(called)):
                    key: Ref = operation[3]
                    return key
    return -1


def _with_options(decorator: Scope, site: Site) -> Given:
    """What the call that made a decorator was handed: ``name`` of ``@task(name="x")``, and the object of ``@router.get("/x")``."""
    maker = decorator.parent
    if site.kind != "decorate" or maker is None or not maker.is_function:
        return NOTHING
    scope = site.frame.scope
    handed = (handed_by_call(maker, scope, o[3], o[4]) | object_called(maker, scope, o) for o in _makers(site))
    return next(handed, NOTHING)


def _with_attributes(decorator: Scope, site: Site, initialiser: Scope | None) -> Given:
    """What an object that decorates was handed when it was made: ``self.name`` of ``@command(name="x")``."""
    made = next(_makers(site), None) if site.kind == "decorate" else None
    if made is None or initialiser is None or not initialiser.facts.parameters or not decorator.facts.parameters:
        return NOTHING
    handed = handed_by_call(initialiser, site.frame.scope, made[3], made[4])
    own, inner = initialiser.facts.parameters[0][1], decorator.facts.parameters[0][1]
    kept = {o[2]: o[3] for o in initialiser.facts.ops if o[0] == Op.SET_ATTRIBUTE and o[1] == own}
    return {
        (decorator.index, o[1]): handed[initialiser.index, kept[o[3]]]
        for o in decorator.facts.ops
        if o[0] == Op.ATTRIBUTE and o[2] == inner and (initialiser.index, kept.get(o[3], -1)) in handed
    }


def _makers(site: Site) -> Iterator[list[Any]]:
    """The calls that make what a decoration decorates with."""
    produced = site.frame.scope.operations_producing(site.operation[2])
    return (operation for operation in produced if operation[0] == Op.CALL)
