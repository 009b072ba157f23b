"""Methods that code puts on a model from outside: ``User.add_to_class("ask", ask)``, where a module is loaded."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.engine import Engine
from decompose.linking.libraries.django_options import MODEL
from decompose.linking.program import Scope

_ADDING = "add_to_class"


def contribute_added_members(engine: Engine) -> None:
    """Give models, also a library's, the functions that modules add to them."""
    base = engine.program.by_name.get(MODEL.partition(":")[0])
    for scope, model, name, member in _added(engine) if base is not None else ():
        functions = [v for v in sorted(engine.names.evaluate(scope, member)) if engine.values[v][0] == "F"]
        for value in sorted(engine.names.evaluate(scope, model)) if functions else ():
            kind, cls = engine.values[value][:2]
            if kind == "C" and engine.hierarchy.inherits(engine.program.scopes[cls], MODEL):
                for function in functions:
                    engine.contribute(cls, name, function)


def _added(engine: Engine) -> Iterator[tuple[Scope, Ref, str, Ref]]:
    """Where, to what, by which name, and what is added."""
    for module in engine.program.modules:
        scope = module.top
        for call in scope.facts.ops if not module.library else ():
            if call[0] == Op.CALL and len(call[3]) == 2 and isinstance(call[3][0], str):
                for asked in scope.operations_producing(call[2]):
                    if asked[0] == Op.ATTRIBUTE and asked[3] == _ADDING:
                        yield scope, asked[2], call[3][0], call[3][1]
