"""Who is logged in: ``current_user`` is what the application's own loader gives.

The object stands for whatever the function gives that the application has registered for it, and before anybody has logged in
for an object of the class that it names for that.
"""

from __future__ import annotations

from collections.abc import Iterator

from decompose.facts import Op
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import Linked
from decompose.linking.values import Value
from decompose.linking.wiring import Result, own_frame

_LOADERS = {
    "flask_login": ("user_loader", "request_loader"),
    "flask_httpauth": ("verify_password", "verify_token"),
    "flask_jwt_extended": ("user_lookup_loader",),
}
"""Package -> the decorators, methods of one of its objects, by which loaders are registered."""

_MOST = 8
"""So many classes of users, at most: more of them are no users."""

_OBJECTS = (("flask_login", "current_user"), ("flask_jwt_extended", "current_user"))
_CALLS = (("flask_httpauth", "current_user"), ("flask_jwt_extended", "get_current_user"))
_NOBODY = ("flask_login", "anonymous_user")
"""The attribute of such an object that is set to the class of whoever has not logged in."""


def wires(linked: Linked) -> Iterator[Result]:
    """What the loaders of each package give, wherever the user is asked for."""
    users = _users(linked) if _registers(linked) else {}
    if not users:
        return
    engine = linked.engine
    objects = {linked.values.intern("X", *named): users.get(named[0], []) for named in _OBJECTS}
    for node, values in enumerate(list(engine.contents)):
        for asked, stands_for in objects.items():
            if values is not None and asked in values:
                yield from (Result(node, user) for user in stands_for)
    for site, module, name in linked.external_sites(kind="call"):
        if site.result >= 0 and (module, name.rpartition(".")[2]) in _CALLS:
            yield from (Result(site.result, user) for user in users.get(module, []))


def _nobody(linked: Linked) -> Iterator[Value]:
    """Objects of the class that is set to stand for whoever has not logged in."""
    engine, (package, name) = linked.engine, _NOBODY
    for scope in linked.program.scopes if name in linked.program.stored_attributes else ():
        for operation in scope.facts.ops if not scope.library else ():
            if operation[0] == Op.SET_ATTRIBUTE and operation[2] == name:
                frame = own_frame(engine, scope)
                manager, cls = (engine.node_of(frame, ref) for ref in (operation[1], operation[3]))
                if cls >= 0 and any(linked.values[value][1] == package for value in engine.values_of(manager)):
                    made = (linked.values.instance_of(value) for value in engine.values_of(cls))
                    yield from (value for value in made if value is not None)


def _registers(linked: Linked) -> bool:
    """Whether such a decorator is there at all."""
    outside = (described for described in linked.values if described[0] == "X" and described[1] in _LOADERS)
    return any(described[2].rpartition(".")[2] in _LOADERS[described[1]] for described in outside)


def _users(linked: Linked) -> dict[str, list[Value]]:
    """What the loaders give, by package."""
    engine, found = linked.engine, dict[str, set[Value]]()
    for site, module, name in linked.external_sites():
        if name.rpartition(".")[2] in _LOADERS.get(module, ()):
            for argument in site.arguments[:1]:
                for loader in linked.argument_values(site, argument):
                    described = linked.values[loader]
                    if described[0] == "F" and described[2] >= 0:
                        frame = engine.frame(linked.program.scopes[described[1]], engine.frames[described[2]], -1)
                        found.setdefault(module, set()).update(engine.values_of(frame.returns))
    for value in _nobody(linked):
        found.setdefault(_NOBODY[0], set()).add(value)
    return {
        package: sorted(value for value in users if linked.values[value][0] == "I")[:_MOST]
        for package, users in sorted(found.items())
    }


FRAMEWORK = Framework(
    name="Current users",
    summaries={},
    packages=tuple(_LOADERS),
    wires=(wires,),
    examples=(
        Example(
            """
            from flask_httpauth import HTTPTokenAuth
            from flask_login import LoginManager, current_user

            login_manager, tokens = LoginManager(), HTTPTokenAuth()

            class User:
                @classmethod
                def find(cls, key): return cls()
                def rename(self): pass
                @property
                def is_admin(self): return check()

            class Guest:
                def rename(self): pass

            def check(): pass

            login_manager.anonymous_user = Guest

            @login_manager.user_loader
            def load(key): return User.find(key)

            @tokens.verify_token
            def verify(token): return User.find(token) if token else None

            def show():
                current_user.rename()
                return current_user.is_admin

            def change():
                tokens.current_user().rename()
            """,
            calls=frozenset(
                {
                    "m:User.find -[construct]-> m:User",
                    "m:User.is_admin -[call]-> m:check",
                    "m:load -[call]-> m:User.find",
                    "m:verify -[call]-> m:User.find",
                    "m:show -[call]-> m:User.rename",
                    "m:show -[call]-> m:Guest.rename",
                    "m:show -[property]-> m:User.is_admin",
                    "m:change -[call]-> m:User.rename",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            import flask_login

            class Manager:
                def user_loader(self, function): return function

            manager = Manager()

            class User:
                def rename(self): pass

            @manager.user_loader
            def load(key): return User()

            def show(): flask_login.current_user.rename()
            """,
            calls=frozenset(
                {
                    "m: -[construct]-> m:Manager",
                    "m: -[decorate]-> m:Manager.user_loader",
                    "m:load -[construct]-> m:User",
                }
            ),
        ),
    ),
)
