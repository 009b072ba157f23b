"""Decorators that a class lists for its methods, which the framework puts around them before they run.

A summary's class says in which attributes: ``__decorators_in__ = "decorators"``.
"""

from __future__ import annotations

from collections.abc import Iterator

from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.libraries.http_methods import VERBS
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.values import Value
from decompose.linking.wiring import Given, Wire

_DECORATED = (*sorted(VERBS), "dispatch_request")


def wires(linked: Linked) -> Iterator[Wire | Given]:
    """What each decorator is given: the methods, or what the decorator before it made of them."""
    for cls in linked.application_classes():
        stated = linked.hierarchy.member(cls, "__decorators_in__")
        for attribute in str(stated.ref).split() if stated is not None and stated.owner.library else ():
            around = frozenset(_methods(linked, cls))
            for decorators in _listed(linked, cls, attribute):
                made: set[Value] = set()
                for decorator in decorators:
                    described = linked.values[decorator]
                    function = linked.program.scopes[described[1]]
                    if function.library or not function.facts.parameters or not around:
                        continue
                    yield Wire(cls, cls.facts.line, function, "decorate", f"listed in {attribute} of the class")
                    for value in sorted(around):
                        yield Given(decorator, function.facts.parameters[0][0], value)
                    home = linked.engine.frame_around(described)
                    made |= linked.engine.values_of(linked.engine.frame(function, home, -1).returns)
                around = frozenset(v for v in made if linked.values[v][0] == "F") or around


def _methods(linked: Linked, cls: Scope) -> Iterator[Value]:
    """The application's methods of a class that answer requests, or what their own decorators made of them."""
    engine = linked.engine
    for name in _DECORATED:
        member = linked.hierarchy.own_member(cls, name)
        if member is None or member.ref is None:
            continue
        home, function = engine.class_frame(member.owner), engine.function_of(member)
        if function is not None:
            method = linked.values.intern("F", function.index, home.index)
            yield linked.values.intern("B", method, linked.values.instance(cls.index))
            continue
        node = engine.node_of(home, member.ref)
        yield from (v for v in engine.values_of(node) if node >= 0 and linked.values[v][0] == "F")


def _listed(linked: Linked, cls: Scope, attribute: str) -> Iterator[list[Value]]:
    """The functions at each place of the list, in the order in which they are put around a method."""
    engine = linked.engine
    member = linked.hierarchy.own_member(cls, attribute)
    if member is None or member.ref is None:
        return
    node = engine.node_of(engine.class_frame(member.owner), member.ref)
    for value in sorted(engine.values_of(node)) if node >= 0 else ():
        described = linked.values[value]
        if described[0] == "O":
            places = sorted((k, n) for k, n in engine.containers.keyed(described[2]) if isinstance(k, int))
            for place in [n for _, n in places] or [described[2]]:
                yield sorted(v for v in engine.values_of(place) if linked.values[v][0] == "F")


FRAMEWORK = Framework(
    name="Decorators that a class lists",
    summaries={},
    packages=("flask", "flask_restful", "flask_restx"),
    wires=(wires,),
    examples=(
        Example(
            """
            from flask import Flask
            from flask.views import MethodView
            from flask_restful import Api, Resource

            def checked(function):
                def inside(*args):
                    check()
                    return function(*args)
                return inside

            def timed(function):
                def around(*args): return function(*args)
                return around

            def check(): pass

            class Users(MethodView):
                decorators = [checked]
                def get(self): pass

            class Bills(Resource):
                method_decorators = [checked, timed]
                def post(self): pass
                @timed
                def put(self): pass
                def total(self): pass

            Flask(__name__).add_url_rule("/users", view_func=Users.as_view("users"))
            Api(Flask(__name__)).add_resource(Bills, "/bills")
            """,
            entries=frozenset(
                {"http GET /users -> m:Users.get", "http POST /bills -> m:Bills.post", "http PUT /bills -> m:Bills.put"}
            ),
            calls=frozenset(
                {
                    "m:Users -[decorate]-> m:checked",
                    "m:Bills -[decorate]-> m:checked",
                    "m:Bills -[decorate]-> m:timed",
                    "m:checked.inside -[call]-> m:check",
                    "m:checked.inside -[call]-> m:Users.get",
                    "m:checked.inside -[call]-> m:Bills.post",
                    "m:checked.inside -[call]-> m:timed.around",
                    "m:timed.around -[call]-> m:Bills.put",
                    "m:timed.around -[call]-> m:checked.inside",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            import flask

            def checked(function): return function

            class Users:
                decorators = [checked]
                def get(self): pass
            """
        ),
    ),
)
