"""Which related rows a query loads along: by its type, by the calls that make it, and by the loaders that it is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking import Linked
from decompose.linking.effects import effects_of
from decompose.linking.frames import Site
from decompose.linking.program import Scope
from decompose.linking.relations import SEPARATOR
from decompose.linking.values import Value
from decompose.system.calls.asked import Path

_MAX_CALLS = 8
_SELECTED = 2
"""The position of the type argument of a query that holds the relations that it loads along."""


def is_node(ref: Ref) -> bool:
    return type(ref) is int and ref >= 0


def leads_there(names: Sequence[str], path: Path) -> bool:
    """Whether one of the relations that are loaded along leads as far as ``path``."""
    wanted = SEPARATOR.join(path)
    return any(name == wanted or name.startswith(wanted + SEPARATOR) for name in names)


class SelectedRelations:
    """Answers for one linked program."""

    def __init__(
        self,
        linked: Linked,
        sites: Mapping[int, Sequence[Site]],
        values_of: Callable[[Scope, Ref], set[Value]],
    ) -> None:
        self.linked = linked
        self._sites = sites
        self._values_of = values_of

    def by(self, scope: Scope, refs: list[Ref], path: Path) -> bool:
        """Whether the refs may be queries, and each of these loads the rows along ``path``."""
        selected = [names for ref in refs for names in self.of(scope, ref)]
        return bool(selected) and all(leads_there(names, path) for names in selected)

    def of(self, scope: Scope, ref: Ref) -> list[list[str]]:
        """For each query that a ref may be, the names of the relations that it loads along."""
        return self._of_values(self._values_of(scope, ref))

    def by_values(self, values: set[Value], path: Path) -> bool:
        """Whether there are queries among the values, and each of these loads the rows along ``path``."""
        selected = self._of_values(values)
        return bool(selected) and all(leads_there(names, path) for names in selected)

    def _of_values(self, values: set[Value]) -> list[list[str]]:
        found = []
        for value in values:
            description = self.linked.values[value]
            if description[0] == "I" and self.linked.hierarchy.member(
                self.linked.program.scopes[description[1]], "__operation__"
            ):
                arguments = description[2][_SELECTED] if len(description[2]) > _SELECTED else ()
                described = (self.linked.values[name] for name in arguments)
                found.append([name[1] for name in described if name[0] == "D"])
        return found

    def by_call(self, call: list[Any], path: Path) -> bool:
        """Whether a call makes a query that loads the rows along ``path``, whatever query it is made of: it names them itself."""
        texts = [ref for ref in call[3] if isinstance(ref, str)]
        if not texts or not leads_there(texts, path):
            return False
        targets = [target for site in self._sites.get(id(call), ()) for target in site.targets]
        return bool(targets) and all(kind == "library" and self._names(index) for index, _, kind in targets)

    def _names(self, function: int) -> bool:
        stated = effects_of(self.linked.engine, self.linked.program.scopes[function])
        return any(effect == "names" for effect, _ in stated)

    def by_loader(self, scope: Scope, call: list[Any], path: Path) -> bool:
        """Whether a call is given a loader of the rows along ``path``."""
        return any(
            self._is_loader(scope, ref) and names[: len(path)] == path for ref, names in self._loaders(scope, call)
        )

    def _is_loader(self, scope: Scope, ref: int) -> bool:
        described = [self.linked.values[value] for value in self._values_of(scope, ref)]
        return any(
            d[0] == "I"
            and self.linked.hierarchy.member(self.linked.program.scopes[d[1]], "__loads_along__") is not None
            for d in described
        )

    def _loaders(self, scope: Scope, call: list[Any]) -> Iterator[tuple[int, Path]]:
        """The arguments of a call, one by one, with the attributes that each names: ``loader(Order.lines).loader(Line.product)``."""
        for ref in call[3]:
            if is_node(ref):
                yield ref, self._named_by(scope, ref)

    def _named_by(self, scope: Scope, ref: Ref) -> Path:
        """The attributes that a chain of calls names, the first call's first."""
        names: list[str] = []
        for _ in range(_MAX_CALLS):
            made = (
                next((o for o in scope.operations_producing(ref) if o[0] in (Op.CALL, Op.COPY)), None)
                if is_node(ref)
                else None
            )
            if made is None:
                break
            if made[0] == Op.COPY:
                ref = made[2]
                continue
            given = [o[3] for a in made[3] if is_node(a) for o in scope.operations_producing(a) if o[0] == Op.ATTRIBUTE]
            names = [*given, *names]
            ref = next((o[2] for o in scope.operations_producing(made[2]) if o[0] == Op.ATTRIBUTE), -1)
        return tuple(names)
