"""Methods that stand for others: abstract ones, and those of protocols. They do not run where what takes their place does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from decompose.facts import Op
from decompose.linking import Linked
from decompose.linking.frames import Site
from decompose.linking.program import Scope
from decompose.linking.solver import MANY_VALUES
from decompose.linking.values import Value

_REFUSING = frozenset({Op.FREE, Op.CALL, Op.RAISE})
_NONE: frozenset[int] = frozenset()
_MARKS = frozenset({("abc", "abstractmethod"), ("abc", "abstractproperty")})
_PROTOCOLS = frozenset({("typing", "Protocol"), ("typing_extensions", "Protocol")})


class AbstractMethods:
    """Which methods only promise something."""

    def __init__(self, linked: Linked) -> None:
        self.linked = linked
        self._known: dict[int, bool] = {}
        self._refusing: dict[int, bool] = {}

    def left_out(self, sites: Sequence[Site]) -> frozenset[int]:
        """The targets of one call, seen in all its frames, that only promise what other targets of it do."""
        if len(sites) == 1 and len(sites[0].targets) < 2:
            return _NONE
        promising: set[int] = set()
        doing: set[int] = set()
        for site in sites:
            for index, receiver, kind in site.targets:
                if kind in ("library", "callback"):
                    continue
                promises = (
                    self.only_promises(index)
                    and self._is_found_on(receiver, index)
                    and not self._is_inherited_from_protocol(receiver, index)
                )
                (promising if promises else doing).add(index)
        return frozenset(promising - doing) if promising and doing else _NONE

    def done_instead(self, sites: Sequence[Site]) -> Iterator[tuple[Scope, Value]]:
        """What subclasses do in place of a method that refuses, where one call reaches nothing that does: with their objects.

        An object that is made of the class itself would be of no use: it becomes one of a subclass in a way that is not followed.
        """
        targets = dict.fromkeys(
            (receiver, index)
            for site in sites
            for index, receiver, kind in site.targets
            if kind not in ("library", "callback")
        )
        if not all(self._refuses(receiver, index) for receiver, index in targets):
            return
        for receiver, index in sorted(targets):
            below = self.linked.hierarchy.subclasses.get(self.linked.values[receiver][1], ())
            for cls in below if len(below) <= MANY_VALUES else ():
                found = self.linked.bound_method(cls, self.linked.program.scopes[index].facts.name)
                if found is not None and not self.only_promises(found[0].index):
                    yield found[0], self.linked.values.instance(cls.index)

    def _refuses(self, receiver: Value, index: int) -> bool:
        known = self._refusing.get(index)
        if known is None:
            function = self.linked.program.scopes[index]
            known = self._refusing[index] = function.is_method and _only_refuses(function)
        return known and self._is_found_on(receiver, index)

    def _is_found_on(self, receiver: Value, index: int) -> bool:
        """Whether the receiver itself has this method, and not one in its place that calls it by ``super()``."""
        description = self.linked.values[receiver] if receiver >= 0 else ("",)
        if description[0] not in ("I", "C"):
            return False
        function = self.linked.program.scopes[index]
        cls = self.linked.program.scopes[description[1]]
        member = self.linked.hierarchy.member(cls, function.facts.name)
        return member is not None and member.owner is function.parent

    def _is_inherited_from_protocol(self, receiver: Value, index: int) -> bool:
        """Whether a class that says that it is what a protocol describes has this method from there: then that does something."""
        function = self.linked.program.scopes[index]
        cls = self.linked.program.scopes[self.linked.values[receiver][1]]
        inherits = cls is not function.parent and function.parent is not None and self._is_protocol(function.parent)
        return inherits and not self._is_protocol(cls) and not self._is_abstract(function)

    def only_promises(self, index: int) -> bool:
        """Whether a method states what others do."""
        known = self._known.get(index)
        if known is None:
            known = self._known[index] = self._find(self.linked.program.scopes[index])
        return known

    def _find(self, function: Scope) -> bool:
        parent = function.parent
        if parent is None or not function.is_method:
            return False
        return self._is_abstract(function) or self._is_protocol(parent)

    def _is_abstract(self, function: Scope) -> bool:
        values, names = self.linked.values, self.linked.names
        parent = function.parent or function
        marks = {values[v][1:3] for ref in function.facts.decorators for v in names.evaluate(parent, ref)}
        return not _MARKS.isdisjoint(marks) or _only_refuses(function)

    def _is_protocol(self, cls: Scope) -> bool:
        values, names = self.linked.values, self.linked.names
        # Of ``Protocol[T]`` only the parameters are a base.
        named = [base for ref in cls.facts.bases for base in names.evaluate(cls.parent or cls, ref)]
        bases = {values[base][1:3] for base in (*names.inheritance.bases(cls), *named)}
        return not _PROTOCOLS.isdisjoint(bases)


def _only_refuses(function: Scope) -> bool:
    """Whether a method does nothing but ``raise NotImplementedError``."""
    operations = function.facts.ops
    read = {operation[2] for operation in operations if operation[0] == Op.FREE}
    return read == {"NotImplementedError"} and {operation[0] for operation in operations} <= _REFUSING
