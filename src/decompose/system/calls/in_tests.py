"""What runs only where a setting is on that is on in tests only: no part of what happens in operation."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from decompose.linking import Linked
from decompose.linking.libraries import on_in_tests
from decompose.system.model import ONLY_IN_TESTS, Dependency

Lines = tuple[tuple[int, int], ...]


class InTests:
    """The lines of each file that only tests run, such as what does a task's work at once."""

    def __init__(self, linked: Linked) -> None:
        names = on_in_tests(linked)
        self._modules = {
            module.file: (
                module,
                tuple((first, last) for first, last, name in module.facts.conditions if name in names),
            )
            for module in linked.program.modules
            if not module.library and any(name in names for *_, name in module.facts.conditions)
        }

    def told(self, dependencies: Iterable[Dependency]) -> list[Dependency]:
        """The same dependencies; those which are called on such lines say so."""
        return [
            msgspec.structs.replace(d, rule=ONLY_IN_TESTS) if d.runs and self._has(d.file, d.line) else d
            for d in dependencies
        ]

    def lines(self) -> dict[str, Lines]:
        """Definition -> the lines in it."""
        found = {}
        for module, lines in self._modules.values():
            for scope in module.scopes:
                inside = tuple(at for at in lines if scope.facts.line <= at[0] and at[1] <= scope.facts.end_line)
                if inside and not scope.library:
                    found[scope.definition] = inside
        return found

    def _has(self, file: str, line: int) -> bool:
        return file in self._modules and any(first <= line <= last for first, last in self._modules[file][1])
