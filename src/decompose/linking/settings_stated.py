"""What code itself says that a setting is: ``app.config["PREFIX"] = "/api"``, ``app.config.update(PREFIX="/api")``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.program import Program, Scope
from decompose.linking.settings_asked import setting_name

_STATING = frozenset({"update", "from_mapping"})


class SettingsStated:
    """The settings that the code of one program states."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._stated: dict[str, list[tuple[Scope, Ref]]] | None = None

    def of(self, scope: Scope, operation: list[Any]) -> tuple[Scope, Ref] | None:
        """What is stated of the setting that an operation asks for; None where that is nothing, or more than one place does."""
        name = setting_name(scope, operation)
        if not name:
            return None
        if self._stated is None:
            self._stated = {}
            for each in self._program.scopes:
                for stated, ref in _stated_in(each) if not each.library else ():
                    self._stated.setdefault(stated, []).append((each, ref))
        found = self._stated.get(name, [])
        return found[0] if len(found) == 1 else None


def _stated_in(scope: Scope) -> Iterator[tuple[str, Ref]]:
    for operation in scope.facts.ops:
        if operation[0] == Op.SET_ITEM:
            yield _name(scope, operation[1], operation[2]), operation[3]
        elif operation[0] == Op.CALL and operation[4]:
            held = [of for of, method in scope.attributes_read(operation[2]) if method in _STATING]
            yield from ((_name(scope, of, name), ref) for of in held for name, ref in operation[4] if name is not None)


def _name(scope: Scope, settings: Ref, key: Ref) -> str:
    return setting_name(scope, [Op.ITEM, -1, settings, key, 0])
