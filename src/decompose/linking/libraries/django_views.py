"""What Django's URL configuration says of a path: its text, and who answers below it by which methods."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from decompose.facts import HOLE, Op
from decompose.linking.found import FoundEntry
from decompose.linking.frames import Site
from decompose.linking.libraries import rest_routes
from decompose.linking.libraries.decorator_routes import Answer, handlers_by_method, join
from decompose.linking.libraries.django_methods import StatedMethods
from decompose.linking.libraries.route_patterns import readable
from decompose.linking.linked import Linked
from decompose.linking.origins import Given
from decompose.linking.program import Scope


def route_of(linked: Linked, site: Site, given: Given) -> str:
    """The route that a call gives, as far as it is constant or a setting."""
    route = linked.keyword(site.frame.scope, site.operation, "route", 0, given)
    if not isinstance(route, str) and site.arguments:
        for value in linked.names.evaluate(site.frame.scope, site.arguments[0]):
            if linked.values[value][1:2] == ("django.conf",):
                name = linked.values[value][2].removeprefix("settings.")
                route = linked.engine.references.settings().get(name)
    route = route if isinstance(route, str) else "<dynamic>" if site.arguments else ""
    return readable(route).replace(HOLE, "<dynamic>")


def answers(
    linked: Linked, stated: StatedMethods, site: Site, made: Site, view: Any, full: str
) -> Iterator[FoundEntry]:
    """What answers below a path; the view was made at ``made``."""
    actions = _actions_given(linked, made.frame.scope, view)
    for handler in [*linked.handlers(made, view), *linked.objects_called(made, view)]:
        answering: Iterable[Answer]
        if handler.is_function:
            answering = [Answer("ANY", handler)]
        elif actions:
            answering = rest_routes.mapped(linked, handler, actions)
        else:
            answering = handlers_by_method(linked, handler, None)
        for answer in stated.narrowed(answering, made, view):
            yield answer.at(join("", full), site)


def _actions_given(linked: Linked, scope: Scope, view: Any) -> dict[str, Any]:
    """The table in ``Orders.as_view({"get": "list"})``, wherever the view was made."""
    origin = linked.origin(scope, view) if type(view) is int else None
    if origin is None or origin.operation[0] != Op.CALL or not origin.operation[3]:
        return {}
    given = linked.names.constants.plain_data(origin.scope, origin.operation[3][0])
    return given if isinstance(given, dict) else {}
