"""Where a value was made, through names, lists, loops, and what callers hand in.

`Linked.origin` follows what can only be one thing. A blueprint that a function registers in a loop over its parameter is
many: each comes with what else is settled by the choice (`Given`), so that what stands beside it in a row of the list, or
is handed in by the same call, can be told of it too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.frames import Site
from decompose.linking.handed_in import handed_at, handed_by_call
from decompose.linking.linked import Linked
from decompose.linking.looped import added_later, elements_of, makes_list, table_of_items
from decompose.linking.made_objects import OBJECT, classes_made, is_of_each, made_with
from decompose.linking.origins import NOTHING, Given, Origin, added
from decompose.linking.program import Scope
from decompose.linking.wiring import own_frame

_MAX_DEPTH = 40
_MAX_FOUND = 1000
MAX_CALLS = 3
_MAX_STEPS = 10_000
"""Of one question: where everything is made of everything, ways are endless, and hardly any comes to an end."""

_MAX_STEPS_IN_ALL = 400_000

_Found = TypeVar("_Found")


class Makers:
    """Traces values of one linked program."""

    def __init__(self, linked: Linked) -> None:
        self.linked = linked
        self._steps = 0
        self._steps_in_all = 0
        self._constructed: dict[int, list[Site]] = {}
        self._tables: dict[tuple[int, int], dict[Any, Ref]] = {}
        self._added: dict[int, dict[int, list[Ref]]] = {}

    def spent(self, scope: Scope, steps: int = 1) -> bool:
        """Count steps; whether there have been too many of them in all, which is then told of the scope that asks."""
        self._steps_in_all += steps
        if self._steps_in_all < _MAX_STEPS_IN_ALL:
            return False
        self.linked.cut_short.add(scope.index)
        return True

    def _first(self, scope: Scope, found: Iterable[_Found]) -> Iterator[_Found]:
        """As many as are followed; that there are more is told of the scope that asks."""
        for number, each in enumerate(found):
            if number == _MAX_FOUND:
                self.linked.cut_short.add(scope.index)
                return
            yield each

    def of(self, scope: Scope, ref: Ref, given: Given = NOTHING) -> list[tuple[Origin, Given]]:
        """The operations that may have made a value, each with what is settled where it is this one."""
        self._steps = 0
        return list(self._first(scope, self._trace(scope, ref, given, _MAX_DEPTH)))

    def receivers(self, site: Site, given: Given = NOTHING) -> list[Origin]:
        """The calls that may have made the object whose method a call calls."""
        return [made for made, _ in self.receiving(site, given)]

    def receiving(self, site: Site, given: Given = NOTHING) -> list[tuple[Origin, Given]]:
        """The same, each with what is settled where it is this one."""
        scope, called = self.linked.callee(site.frame.scope, site.operation, given)
        found = (each for of, _ in scope.attributes_read(called) for each in self.of(scope, of, given))
        return [(made, settled) for made, settled in found if made.operation[0] == Op.CALL]

    def elements(self, scope: Scope, refs: list[Ref], given: Given = NOTHING) -> Iterator[tuple[Scope, Ref, Given]]:
        """The arguments of a call, with those of ``*urls`` one by one."""
        for ref in refs:
            if not (isinstance(ref, list) and ref[0] == "*"):
                yield scope, ref, given
                continue
            for origin, settled in self.of(scope, ref[1], given):
                if origin.operation[0] == Op.CONTAINER:
                    yield from self.elements(origin.scope, origin.operation[3], settled)

    def _trace(self, scope: Scope, ref: Any, given: Given, depth: int) -> Iterator[tuple[Origin, Given]]:
        if isinstance(ref, list) and ref and ref[0] == Op.CONTAINER:
            yield Origin(scope, ref), given
            return
        if type(ref) is not int or ref < 0 or not depth:
            return
        if self._steps >= _MAX_STEPS:
            self.linked.cut_short.add(scope.index)
            return
        if self.spent(scope):
            return
        self._steps += 1
        known = given.get((scope.index, ref))
        if known is not None:
            yield from self._trace(*known, given, depth - 1)
            return
        operations = scope.operations_producing(ref)
        if not operations:
            yield from self._parameter(scope, ref, given, depth)
        for operation in operations:
            match operation[0]:
                case Op.CONTAINER:
                    yield Origin(scope, operation), given
                case Op.CALL:
                    yield Origin(scope, operation), given
                    yield from self._returned(scope, operation, given, depth)
                case Op.COPY | Op.NARROW:
                    yield from self._trace(scope, operation[2], given, depth - 1)
                case Op.BINARY:
                    yield from self._trace(scope, operation[2], given, depth - 1)
                    yield from self._trace(scope, operation[3], given, depth - 1)
                case Op.ITERATE:
                    for row, element, chosen in self._rows(scope, operation, given, depth):
                        yield from self._trace(row, element, chosen, depth - 1)
                case Op.ITEM:
                    yield from self._item(scope, operation, given, depth)
                case Op.FREE | Op.FROM | Op.ATTRIBUTE:
                    yield from self._named(scope, operation, given, depth)
                case _:
                    yield Origin(scope, operation), given

    def _parameter(self, scope: Scope, ref: int, given: Given, depth: int) -> Iterator[tuple[Origin, Given]]:
        for caller in self.linked.sites_leading_to(scope) if any(p[1] == ref for p in scope.facts.parameters) else ():
            handed = handed_at(scope, caller)
            if (scope.index, ref) in handed:
                yield from self._trace(*handed[scope.index, ref], {**given, **handed}, depth - 1)
        itself = scope.is_method and scope.facts.parameters and scope.facts.parameters[0][1] == ref
        if itself and any(holder is scope for holder, _ in given.values()):
            yield from self._handing_itself(scope, ref, given, depth)

    def _handing_itself(self, scope: Scope, ref: int, given: Given, depth: int) -> Iterator[tuple[Origin, Given]]:
        """The objects as which a method hands on itself: those that calls make, as far as it has what it hands itself to.

        ``for plugin in self.plugins: plugin.register(self)``
        """
        scopes = self.linked.program.scopes
        for site in self._constructing(scope.parent) if scope.parent is not None else ():
            if self.spent(scope):
                return
            settled = {**given, (scope.index, ref): (site.frame.scope, site.operation[1])}
            asked = [(scopes[i], of) for (i, _), (holder, of) in given.items() if holder is scope]
            if all(self._may_be_of(scope, of, method, settled, depth // 2) for method, of in asked):
                yield Origin(site.frame.scope, site.operation), settled

    def _constructing(self, cls: Scope) -> list[Site]:
        """The calls that make objects of a class, or of one below it."""
        known = self._constructed.get(cls.index)
        if known is None:
            below = {cls.index, *(heir.index for heir in self.linked.hierarchy.subclasses.get(cls.index, ()))}
            known = [site for site, classes in self.linked.constructions() if not below.isdisjoint(classes)]
            self._constructed[cls.index] = known
        return known

    def _may_be_of(self, scope: Scope, ref: Ref, method: Scope, given: Given, depth: int) -> bool:
        """Whether a value may be an object whose method is this one; also where it is not the one that has the method called."""
        own = method.facts.parameters[0][1] if method.is_method and method.facts.parameters else -1
        if own == -1 or given.get((method.index, own)) != (scope, ref):
            return True
        for origin, _ in self._trace(scope, ref, given, depth):
            for cls in classes_made(self.linked, origin):
                member = self.linked.hierarchy.member(cls, method.facts.name)
                if member is not None and member.owner is method.parent:
                    return True
        return False

    def texts(self, scope: Scope, ref: Ref, given: Given = NOTHING) -> list[str]:
        """The constant text of a value; where a function of the application gives it, all that it may give."""
        return list(dict.fromkeys(self._first(scope, self._texts(scope, ref, given, MAX_CALLS))))

    def texts_returned(self, scope: Scope, ref: Ref, given: Given = NOTHING) -> list[str]:
        """All texts that a function of the application may give, where a call of one makes the value."""
        call = scope.call_producing(ref)
        return (
            list(dict.fromkeys(self._first(scope, self._returned_texts(scope, call, given, MAX_CALLS)))) if call else []
        )

    def _returned_texts(self, scope: Scope, call: list[Any], given: Given, depth: int) -> Iterator[str]:
        for function, handed in self._called(scope, call):
            for chosen in self._choices(handed, [given]):
                for returned in function.facts.returns:
                    yield from self._texts(function, returned, {**chosen, **handed}, depth - 1)

    def _texts(self, scope: Scope, ref: Ref, given: Given, depth: int) -> Iterator[str]:
        if self.spent(scope):
            return
        made = type(ref) is int and ref >= 0 and (scope.index, ref) not in given
        operations = scope.operations_producing(ref) if made else []
        if len(operations) > 1 and all(operation[0] == Op.COPY for operation in operations):
            for operation in operations:
                yield from self._texts(scope, operation[2], given, depth)
            return
        text = self.linked.constant(scope, ref, given)
        if isinstance(text, str):
            yield text
            return
        for origin, settled in self.of(scope, ref, given) if depth else ():
            if origin.operation[0] == Op.CALL:
                yield from self._returned_texts(origin.scope, origin.operation, settled, depth)

    def choices(self, scope: Scope, ref: Ref, given: Given = NOTHING) -> list[Given]:
        """What may be settled of the parameters and the loops' variables that a text is made of, in all combinations."""
        self._steps = 0
        raw = self.linked.constant(scope, ref, given, 0)
        if isinstance(raw, str):
            parts = scope.facts.templates.get(raw, [])
        else:
            parts = (added(scope, ref) if type(ref) is int else []) or [ref]
        # Calls of a method that takes the place of the library's own are registrations themselves.
        known = any((scope.index, parameter[1]) in given for parameter in scope.facts.parameters)
        followed = scope.is_function and not known and not scope.library and not self.linked.replaced(scope)
        callers = self.linked.sites_leading_to(scope) if followed else []
        handed = (handed_at(scope, caller) for caller in self._first(scope, callers))
        choices: list[Given] = [{**given, **each} for each in handed] or [given]
        for part in dict.fromkeys(part for part in parts if type(part) is int):
            source = part
            for _ in range(MAX_CALLS):
                operations = scope.operations_producing(source)
                if not operations or operations[0][0] != Op.COPY:
                    break
                source = operations[0][2]
            choices = self._choices({(scope.index, part): (scope, source)}, choices)
        return choices if not self.spent(scope, len(choices)) else [given]

    def _choices(self, handed: Given, choices: list[Given]) -> list[Given]:
        """What may be settled where a function is handed one element after another."""
        for scope, ref in handed.values():
            for operation in scope.operations_producing(ref):
                if operation[0] == Op.ITERATE:
                    rows = (row for one in choices for _, _, row in self._rows(scope, operation, one, _MAX_DEPTH))
                    choices = list(self._first(scope, rows)) or choices
        return choices

    def _called(self, scope: Scope, operation: list[Any]) -> Iterator[tuple[Scope, Given]]:
        """The functions of the application that an operation calls, each with what it is handed."""
        for value in self.linked.names.evaluate(scope, operation[2]):
            description = self.linked.values[value]
            function = self.linked.program.scopes[description[1]] if description[0] == "F" else None
            if function is not None and not function.library:
                yield function, handed_by_call(function, scope, operation[3], operation[4])

    def _returned(self, scope: Scope, operation: list[Any], given: Given, depth: int) -> Iterator[tuple[Origin, Given]]:
        for function, handed in self._called(scope, operation):
            for returned in function.facts.returns:
                yield from self._trace(function, returned, {**given, **handed}, depth // 2)

    def rows(self, scope: Scope, loop: list[Any], given: Given = NOTHING) -> list[tuple[Scope, Ref, Given]]:
        """The elements that the operation ``loop`` goes over, each with what it settles."""
        self._steps = 0
        return list(self._first(scope, self._rows(scope, loop, given, _MAX_DEPTH)))

    def _rows(self, scope: Scope, operation: list[Any], given: Given, depth: int) -> Iterator[tuple[Scope, Ref, Given]]:
        """The elements that a loop goes over, each with the loop's variable settled."""
        listed = self.linked.constant(scope, operation[2], given)
        for constant in listed if isinstance(listed, list) else ():
            told = constant if isinstance(constant, str) else ["c", constant]
            yield scope, told, {**given, (scope.index, operation[1]): (scope, told)}
        found = False
        table = table_of_items(scope, operation[2])
        for row, settled in self._trace(scope, operation[2] if table is None else table, given, depth - 1):
            written = elements_of(row, with_keys=table is not None)
            added_to = self._added_to(row) if table is None else []
            for holder, element, chosen in self._one_by_one(row.scope, [*written, *added_to], settled, depth - 1):
                found = True
                yield holder, element, {**chosen, (scope.index, operation[1]): (holder, element)}
        if not found and not listed:
            for holder, declared in self._declared_in(scope, operation[1]):
                yield holder, declared, {**given, (scope.index, operation[1]): (holder, declared)}

    def _one_by_one(
        self, scope: Scope, elements: Iterable[Any], given: Given, depth: int
    ) -> Iterator[tuple[Scope, Ref, Given]]:
        """The elements of a list, with those of other lists that it is made of: ``[*others]``, ``rows.extend(others)``."""
        for element in elements if depth > 0 else ():
            if not (isinstance(element, list) and element[0] == "*"):
                yield scope, element, given
                continue
            for other, chosen in self._trace(scope, element[1], given, depth - 1):
                inner = [*elements_of(other, with_keys=False), *self._added_to(other)]
                yield from self._one_by_one(other.scope, inner, chosen, depth - 1)

    def _added_to(self, row: Origin) -> list[Ref]:
        """What the scope that makes a list adds to it afterwards."""
        made = row.operation[0]
        if made != Op.CONTAINER and not (made == Op.CALL and makes_list(row.scope, row.operation)):
            return []
        if row.scope.index not in self._added:
            self._added[row.scope.index] = added_later(row.scope)
        return self._added[row.scope.index].get(row.operation[1], [])

    def _declared_in(self, scope: Scope, looped: int) -> Iterator[tuple[Scope, Ref]]:
        """The classes that a loop goes over, where they have come into its list in other ways, each with where it is declared."""
        engine = self.linked.engine
        for value in sorted(engine.values_of(engine.node_of(own_frame(engine, scope), looped))):
            kind, index, *_ = self.linked.values[value]
            cls = self.linked.program.scopes[index] if kind == "C" else None
            if cls is not None and not cls.library and cls.parent is not None:
                at = cls.module.scopes.index(cls)
                yield from ((cls.parent, o[1]) for o in cls.parent.facts.ops if o[0] == Op.CLASS and o[2] == at)

    def _item(self, scope: Scope, operation: list[Any], given: Given, depth: int) -> Iterator[tuple[Origin, Given]]:
        index = operation[3]
        position = index[1] if isinstance(index, list) and index[0] == "c" else None
        for row, settled in self._trace(scope, operation[2], given, depth - 1):
            elements = row.operation[3] if row.operation[0] == Op.CONTAINER else []
            if isinstance(index, str):
                yield from self._trace(row.scope, self._by_key(row).get(index, -1), settled, depth - 1)
            elif type(position) is int and 0 <= position < len(elements):
                yield from self._trace(row.scope, elements[position], settled, depth - 1)

    def _by_key(self, table: Origin) -> dict[Any, Ref]:
        """What a table holds under its keys; put together once, for code that asks a long one for each of them."""
        if table.operation[0] != Op.CONTAINER or not table.operation[4]:
            return {}
        at = table.scope.index, table.operation[1]
        if at not in self._tables:
            keyed = zip(table.operation[4], table.operation[3], strict=False)
            self._tables[at] = {key: element for key, element in keyed if isinstance(key, str)}
        return self._tables[at]

    def _named(self, scope: Scope, operation: list[Any], given: Given, depth: int) -> Iterator[tuple[Origin, Given]]:
        step = self.linked.binding(scope, operation)
        if step is not None:
            for settled in self._objects(scope, operation, step, given, depth):
                yield from self._trace(*step, settled, depth - 1)
            return
        if operation[0] == Op.ATTRIBUTE:
            kept = made_with(scope, operation, given) or self._kept_by_itself(scope, operation)
            for function, ref in kept:
                yield from self._trace(function, ref, given, depth - 1)
            for base, settled in () if kept else self._trace(scope, operation[2], given, depth - 1):
                step = self.linked.member_of(base, operation[3])
                if step is not None:
                    of = classes_made(self.linked, base) if is_of_each(self.linked, step) else []
                    marked = {(cls.index, OBJECT): (base.scope, base.operation[1]) for cls in of}
                    yield from self._trace(*step, {**settled, **marked}, depth - 1)
                    continue
                for function, ref, made in self._kept(base, operation[3]):
                    yield from self._trace(function, ref, {**settled, **made}, depth - 1)
            return
        yield Origin(scope, operation), given

    def _kept_by_itself(self, scope: Scope, operation: list[Any]) -> list[tuple[Scope, Ref]]:
        """What ``self.name`` was set to by the methods of the class around, or else in a class."""
        parameters = scope.facts.parameters
        if not scope.is_method or scope.parent is None or not parameters or parameters[0][1] != operation[2]:
            return []
        kept = self.linked.hierarchy.set_by_methods(scope.parent, operation[3])
        member = self.linked.hierarchy.member(scope.parent, operation[3]) if not kept else None
        return [(member.owner, member.ref)] if member is not None and member.ref is not None else kept

    def _objects(
        self, scope: Scope, operation: list[Any], step: tuple[Scope, Ref], given: Given, depth: int
    ) -> Iterator[Given]:
        """Where each object has its own of what its class declares (``items: list = field(factory=list)``): which object it is of."""
        if not is_of_each(self.linked, step):
            yield given
            return
        found = False
        for base, settled in self._trace(scope, operation[2], given, depth - 1):
            for cls in classes_made(self.linked, base):
                found = True
                yield {**settled, (cls.index, OBJECT): (base.scope, base.operation[1])}
        if not found:
            yield given

    def _kept(self, base: Origin, name: str) -> Iterator[tuple[Scope, Ref, Given]]:
        """What the methods of an object set its attribute to, each with the object and what that is made with."""
        for value in self.linked.names.evaluate(base.scope, base.operation[1]):
            description = self.linked.values[value]
            if description[0] != "I":
                continue
            cls = self.linked.program.scopes[description[1]]
            member = self.linked.hierarchy.member(cls, "__init__")
            initialiser = self.linked.engine.function_of(member)
            for function, ref in self.linked.hierarchy.set_by_methods(cls, name):
                made: dict[tuple[int, int], tuple[Scope, Any]] = {}
                if initialiser is not None and base.operation[0] == Op.CALL:
                    made |= handed_by_call(initialiser, base.scope, base.operation[3], base.operation[4])
                for method in (function, initialiser):
                    if method is not None and method.facts.parameters:
                        made[method.index, method.facts.parameters[0][1]] = base.scope, base.operation[1]
                yield function, ref, made
