"""How much of a program may be looked at again, for another receiver or for one call: in proportion to its size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from decompose.linking.program import Scope

CLONED_SHARE = 2
"""All repeated looks together may be this many times the program itself, so that its size bounds the work."""

MIN_BUDGET = 20_000


class RepeatedLooks:
    """Operations that are left for repeated looks: half of them for whoever comes first, the other half kept for each package.

    A package that asks for very much, such as an included library that computes with its own types, leaves the others their share.
    """

    def __init__(self, scopes: Iterable[Scope]) -> None:
        own: Counter[str] = Counter()
        for scope in scopes:
            if not scope.library:
                own[_package(scope)] += len(scope.facts.ops)
        total = MIN_BUDGET + CLONED_SHARE * own.total()
        self._kept = {package: CLONED_SHARE * size // 2 for package, size in own.items()}
        self._for_all = total - sum(self._kept.values())

    def take(self, asking: Scope, size: int) -> bool:
        """Whether ``asking``, the code for which something is looked at again, may have so many operations more."""
        if self._for_all >= size:
            self._for_all -= size
            return True
        package = _package(asking)
        if self._kept.get(package, 0) < size:
            return False
        self._kept[package] -= size
        return True


def _package(scope: Scope) -> str:
    return scope.module.name.rpartition(".")[0]
