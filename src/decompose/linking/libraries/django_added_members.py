"""Methods that code puts on a model from outside, ``User.add_to_class("ask", ask)``: who asks for one waits for what it will be."""

from __future__ import annotations

from decompose.facts import Op
from decompose.linking.engine import Engine
from decompose.linking.libraries.django_options import MODEL
from decompose.linking.program import Scope

_ADDING = "add_to_class"


def note_added_members(engine: Engine) -> None:
    """Note their names, before anything is asked of rows."""
    if MODEL.partition(":")[0] not in engine.program.by_name:
        return
    for scope in engine.program.scopes:
        for asked in scope.facts.ops if not scope.library else ():
            if asked[0] == Op.ATTRIBUTE and asked[3] == _ADDING:
                engine.program.stored_attributes.update(_names_given(scope, asked[1]))


def _names_given(scope: Scope, adding: int) -> set[str]:
    """The names by which members are added where a method that adds them is called."""
    calls = [call for call in scope.facts.ops if call[0] == Op.CALL and call[2] == adding]
    named = [ref for call in calls for ref in (*call[3][:1], *(given for name, given in call[4] if name == "name"))]
    return {ref for ref in named if isinstance(ref, str)}
