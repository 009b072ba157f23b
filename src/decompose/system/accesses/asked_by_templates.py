"""Which accesses of a function are what a template asks for that it renders, and where in the template."""

from __future__ import annotations

from decompose.facts import Op
from decompose.linking import Linked
from decompose.linking.effects import ALONG, ASKED_BY
from decompose.linking.program import Scope
from decompose.linking.rendered import TemplateLine
from decompose.linking.values import Value
from decompose.system.accesses.loaded import Loaded

_LAZY = ".__get__"


class AskedByTemplates:
    """Answers for one linked program."""

    def __init__(self, linked: Linked, loaded: Loaded) -> None:
        self.linked = linked
        self.loaded = loaded
        self.rendered = linked.program.rendered
        self._lines = {(scope, line) for scope, line, _ in self.rendered.asked}

    def rule(self, scope: Scope, line: int, rule: str, value: Value) -> str:
        """The rule of an access, which names the place in the template if one asks for it."""
        if (scope.index, line) not in self._lines:
            return rule
        along = ALONG if rule.endswith(ALONG) else ""
        said = rule.removesuffix(ALONG)
        place = self._lazy(scope, line, value) if said.endswith(_LAZY) else self.rendered.place(scope.index, line, said)
        return f"{ASKED_BY} {place}{along}" if place is not None else rule

    def _lazy(self, scope: Scope, line: int, value: Value) -> TemplateLine | None:
        """The first place that asks for rows which are loaded when they are asked for."""
        asked = [o for o in scope.facts.ops if o[0] == Op.ATTRIBUTE and o[4] == line]
        given = [o for o in asked if self.loaded.gives(scope, o, value)]
        own = [o for o in given or asked if id(o) not in self.rendered.operations]
        return None if own else self.rendered.operations[id((given or asked)[0])] if asked else None
