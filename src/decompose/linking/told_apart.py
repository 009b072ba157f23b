"""Objects of one class that are made with different functions or classes: ``Button(save)`` and ``Button(close)``.

What such an object keeps in its attributes is its own, as that of a generic class is for each of its type arguments; so what it is
given stands in the place of type arguments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.facts import Op
from decompose.facts.records import ParameterKind, Ref
from decompose.linking.values import Types

if TYPE_CHECKING:
    from decompose.linking.frames import Site
    from decompose.linking.framing import Framing
    from decompose.linking.program import Scope

_MAX_KINDS = 24
"""So many kinds of objects of a class are told apart; all others are of one more kind, which may be any."""

_CODE = frozenset({"F", "B", "C"})

_Kept = tuple[tuple[int, str], ...]
"""The parameters of an initialiser, by position and name, that it keeps in attributes just as they are."""


class ToldApart:
    """What the objects of each class are told apart by."""

    def __init__(self, framing: Framing) -> None:
        self.framing = framing
        self._kept: dict[int, _Kept] = {}
        self._kinds: dict[int, set[tuple[Types, ...]]] = {}

    def given(self, site: Site, cls: Scope) -> tuple[Types, ...]:
        """The functions and classes that ``site`` makes an object of ``cls`` with, in the order of the parameters; mostly none."""
        kept = self._parameters(cls)
        if not kept or site.kind != "call":
            return ()
        found = tuple(self._code(site, site.argument(position, name)) for position, name in kept)
        kinds = self._kinds.setdefault(cls.index, set())
        if any(found) and (found in kinds or len(kinds) < _MAX_KINDS):
            kinds.add(found)
            return found
        self.framing.made_bare.add(cls.index)
        return ()

    def _parameters(self, cls: Scope) -> _Kept:
        known = self._kept.get(cls.index)
        if known is None:
            member = self.framing.hierarchy.member(cls, "__init__")
            function = (
                self.framing.plain_function(member.owner, member.ref)
                if member is not None and member.ref is not None
                else None
            )
            known = self._kept[cls.index] = _kept(function) if function is not None and not function.library else ()
        return known

    def _code(self, site: Site, ref: Ref) -> Types:
        """The functions and classes of the application that an argument is; none where it may be something else too."""
        framing, scope = self.framing, site.frame.scope
        found = framing.names.evaluate(scope, ref)
        if not found and type(ref) is int and ref >= 0 and scope.is_method:
            own, receiver = scope.facts.parameters[:1], framing.own_receiver(scope)
            for operation in scope.operations_producing(ref) if own and receiver >= 0 else ():
                if operation[0] == Op.ATTRIBUTE and operation[2] == own[0][1]:
                    found += framing.names.member(receiver, operation[3])
        code = all(framing.values[value][0] in _CODE for value in found)
        return found if code else ()


def _kept(initialiser: Scope) -> _Kept:
    parameters = initialiser.facts.parameters
    if not parameters:
        return ()
    receiver = parameters[0][1]
    stored = {
        o[3] for o in initialiser.facts.ops if o[0] == Op.SET_ATTRIBUTE and o[1] == receiver and type(o[3]) is int
    }
    return tuple(
        (position if kind == ParameterKind.POSITIONAL else -1, name)
        for position, (name, node, _, _, kind) in enumerate(parameters[1:])
        if node in stored and kind in (ParameterKind.POSITIONAL, ParameterKind.KEYWORD)
    )
