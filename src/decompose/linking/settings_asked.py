"""Settings that something outside is asked for: the name is what two places have in common that ask for the same."""

from __future__ import annotations

import re
from typing import Any

from decompose.facts import Op
from decompose.facts.records import Ref, ScopeKind
from decompose.linking.program import Scope

_MAX_STEPS = 6
_SETTINGS = frozenset({"settings", "config", "environ"})
_SETTING = re.compile(r"_*[A-Z][A-Z0-9_]*")


def setting_name(scope: Scope, operation: list[Any]) -> str:
    """The name in capital letters that something outside is asked for, such as ``environ["BUCKET"]`` or ``settings.BUCKET``."""
    if operation[0] == Op.ATTRIBUTE:
        asked, name = operation[2], str(operation[3])
    elif operation[0] == Op.ITEM:
        asked, name = operation[2], _text(operation[3])
    elif operation[0] == Op.CALL and operation[3]:
        asked, name = operation[2], _text(operation[3][0])
    else:
        return ""
    if _SETTING.fullmatch(name) and _is_of_all(scope, asked):
        return name
    return name if operation[0] != Op.ATTRIBUTE and _are_settings(scope, asked) else ""


def _are_settings(scope: Scope, ref: Ref) -> bool:
    """Whether something is the application's settings by its name, as ``request.app.config`` is; ``self.config`` may be another's."""
    for made in scope.operations_producing(ref) if type(ref) is int and ref >= 0 else ():
        if made[0] == Op.ATTRIBUTE and made[3] in ("get", "__getitem__"):
            return _are_settings(scope, made[2])
        if made[0] == Op.ATTRIBUTE and made[3] in _SETTINGS:
            return not (scope.is_method and scope.facts.parameters and made[2] == scope.facts.parameters[0][1])
    return False


def _is_of_all(scope: Scope, ref: Ref) -> bool:
    """Whether something is the same wherever it is asked: imported, or made at the top of a module."""
    for _ in range(_MAX_STEPS):
        made = scope.operations_producing(ref) if type(ref) is int and ref >= 0 else []
        if len(made) != 1:
            return False
        code = made[0][0]
        if code in (Op.FREE, Op.FROM, Op.IMPORT):
            return True
        if code == Op.CALL:
            if made[0][3] or made[0][4]:
                return scope.facts.kind == ScopeKind.MODULE
        elif code not in (Op.COPY, Op.ATTRIBUTE):
            return False
        ref = made[0][2]
    return False


def _text(ref: Ref) -> str:
    data = ref[1] if isinstance(ref, list) and ref[0] == "c" else ref
    return data if isinstance(data, str) else ""
