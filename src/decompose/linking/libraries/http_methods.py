"""Which methods of HTTP a route or the class of a view says that it answers."""

from __future__ import annotations

from typing import Any

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.linked import Linked
from decompose.linking.origins import NOTHING, Given, keyword_ref
from decompose.linking.program import Scope

VERBS = ("get", "post", "put", "patch", "delete", "head", "options")
_GIVEN_BY_THE_FRAMEWORK = ("HEAD", "OPTIONS")
"""What is answered for every view, whatever is written."""
_MAX_STEPS = 4


def stated_methods(
    linked: Linked,
    scope: Scope,
    operation: list[Any],
    position: int = -1,
    given: Given = NOTHING,
    name: str = "methods",
) -> list[str] | None:
    """The methods that an argument of a call lists; None where it lists none, or they are not known."""
    stated = linked.keyword(scope, operation, name, position, given)
    if not isinstance(stated, list):
        origin = linked.origin(scope, keyword_ref(operation, name, position))
        if origin is None or origin.operation[0] != Op.CONTAINER:
            return None
        stated = [stated_method(linked, origin.scope, element, given) for element in origin.operation[3]]
    methods = [method.upper() for method in stated if isinstance(method, str)]
    return methods if len(methods) == len(stated) else None


def stated_method(linked: Linked, scope: Scope, ref: Ref, given: Given) -> Any:
    """``GET``, ``Method.GET`` or ``Method.GET.value``, where it is a text, or a member of the language's own enumeration."""
    for _ in range(_MAX_STEPS):
        told = linked.constant(scope, ref, given)
        if told is not None or type(ref) is not int:
            return told
        for value in linked.names.evaluate(scope, ref):
            description = linked.values[value]
            if description[:2] == ("X", "http") and description[2].startswith("HTTPMethod."):
                return description[2].split(".")[1]
        reads = [o[2] for o in scope.operations_producing(ref) if o[0] == Op.ATTRIBUTE and o[3] == "value"]
        if not reads:
            return None
        ref = reads[0]
    return None


def allowed_methods(linked: Linked, view: Scope) -> list[str] | None:
    """The methods that the attribute of a class allows, whatever it has functions for; None where nothing says it."""
    of_flask = linked.inherits(view, "flask.views:View")
    member = linked.hierarchy.member(view, "methods" if of_flask else "http_method_names")
    stated = linked.names.constants.plain_data(member.owner, member.ref) if member is not None else None
    if not isinstance(stated, list):
        one_function = of_flask and member is None and not linked.inherits(view, "flask.views:MethodView")
        return ["GET"] if one_function else None
    methods = [method.upper() for method in stated if isinstance(method, str)]
    return [method for method in methods if method not in _GIVEN_BY_THE_FRAMEWORK] or None
