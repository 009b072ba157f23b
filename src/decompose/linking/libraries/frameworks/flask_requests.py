"""Flask: functions that an application has called at the end of each request, where these commit what the views have left open."""

from __future__ import annotations

from decompose.facts import Op
from decompose.linking.frames import Site
from decompose.linking.libraries.ended_by_hooks import does_commit
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import Linked

_OF_ALL = ("after_app_request", "teardown_app_request", "teardown_appcontext")
_OF_ONE_S_OWN = ("after_request", "teardown_request")
_BLUEPRINT = "flask:Blueprint"
_MAKING = frozenset({"flask", "flask_sqlalchemy"})
_SETTING = "SQLALCHEMY_COMMIT_ON_TEARDOWN"


def requests_in_transactions(linked: Linked) -> bool:
    """Whether something commits at the end of all requests: what a blueprint says of its own is told of none."""
    sites = [site for name in _OF_ALL for site in linked.sites_calling(f"flask:Scaffold.{name}")]
    own = (site for name in _OF_ONE_S_OWN for site in linked.sites_calling(f"flask:Scaffold.{name}"))
    sites += [site for site in own if not _is_of_a_blueprint(linked, site)]
    given = (linked.argument_values(site, site.arguments[0]) for site in sites if site.arguments)
    functions = [function for values in given for function in linked.functions_among(values) if not function.library]
    return _is_set(linked) or does_commit(linked, functions)


def _is_of_a_blueprint(linked: Linked, site: Site) -> bool:
    asked = next(iter(site.frame.scope.attributes_read(site.operation[2])), None)
    values = linked.argument_values(site, asked[0]) if asked is not None else ()
    return any(linked.is_instance_of(value, _BLUEPRINT) for value in values)


def _is_set(linked: Linked) -> bool:
    """Whether Flask-SQLAlchemy is told to commit, as its versions before 3.0 do."""
    for scope in linked.program.scopes:
        if not scope.library:
            if scope.facts.names.get(_SETTING) == ["c", True]:
                return True
            makes = not _MAKING.isdisjoint(scope.module.facts.packages)
            if makes and any(o[0] == Op.SET_ITEM and o[2:4] == [_SETTING, ["c", True]] for o in scope.facts.ops):
                return True
    return False


FRAMEWORK = Framework(
    name="Flask's requests",
    summaries={},
    packages=("flask", "quart"),
    requests_in_transactions=requests_in_transactions,
    examples=(
        Example(
            """
            from flask import Flask

            app = Flask(__name__)

            @app.teardown_request
            def close(error): pass

            @app.get("/orders")
            def orders(): pass
            """,
            entries=frozenset({"http GET /orders -> m:orders"}),
            calls=frozenset({"m: -[callback]-> m:close"}),
        ),
    ),
    look_alikes=(
        Example(
            """
            class Flask:
                def teardown_request(self, function): return function

            app = Flask()

            @app.teardown_request
            def close(error): pass
            """,
            calls=frozenset({"m: -[construct]-> m:Flask", "m: -[decorate]-> m:Flask.teardown_request"}),
        ),
    ),
)
