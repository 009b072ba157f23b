"""Connexion: an interface that a file describes, whose operations name the functions that answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from decompose.facts import HOLE, Op
from decompose.facts.records import Ref
from decompose.linking.found import FoundEntry
from decompose.linking.frames import Site
from decompose.linking.libraries.decorator_routes import join
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.libraries.stated import scope_at
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.wiring import Wire
from decompose.sources import OPERATIONS, SAFEGUARDS

_CONNEXION = """
from flask import Flask

from decompose.effects import calls_back

class Api:
    __has_more__ = True

class AbstractApp:
    __has_more__ = True
    def __init__(self, import_name=None, **options) -> None: ...
    def add_api(self, specification, base_path=None, **options) -> Api: ...
    @calls_back("function")
    def add_error_handler(self, code_or_exception, function) -> None: ...
    def run(self, *args, **options) -> None: ...

class FlaskApp(AbstractApp):
    app: Flask

class AsyncApp(AbstractApp): ...
class App(FlaskApp): ...
"""
_RESOLVER = """
class Resolver:
    __has_more__ = True
    def __init__(self, *args, **options) -> None: ...

class RelativeResolver(Resolver):
    def __init__(self, root_path, *args, **options) -> None: ...
"""
_ADD = "connexion:AbstractApp.add_api"
_DEEPEST = 3
_RELATIVE = "connexion.resolver:RelativeResolver"


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """Each operation of the files, below the path that their interface is given where it is added."""
    added, below = list(linked.sites_calling(_ADD)), _places_below(linked)
    for entry in linked.engine.declared:
        handler = _answering(linked, entry.target, below) if entry.group == OPERATIONS else None
        if handler is not None:
            method, told, path = entry.name.split(" ", 2)
            for base in dict.fromkeys(_base(linked, site) or told for site in _adding(linked, added, entry.file)) or [
                told
            ]:
                yield FoundEntry("http", f"{method} {join(base, path)}", handler, entry.file, entry.line)


def wires(linked: Linked) -> Iterator[Wire]:
    """From where an interface is added to what its file names to be asked before a function answers."""
    added = [site for site in linked.sites_calling(_ADD) if not site.frame.scope.library]
    for entry in linked.engine.declared if added else ():
        asked = scope_at(linked, entry.target) if entry.group == SAFEGUARDS else None
        if asked is not None:
            for site in _adding(linked, added, entry.file):
                yield Wire(site.frame.scope, site.line, asked, "callback", f"named by {entry.file}")


def _answering(linked: Linked, target: str, below: list[str]) -> Scope | None:
    for name in (target, *(f"{root}.{target}" for root in below)):
        module, _, last = name.rpartition(".")
        bound = linked.functions_among(sorted(linked.names.imported_name(module, last)))
        found = scope_at(linked, name) or next(bound, None)
        if found is not None:
            return found
    return None


def _places_below(linked: Linked) -> list[str]:
    """What the names of functions are relative to, where a resolver says so."""
    told = (linked.keyword(s.frame.scope, s.operation, "root_path", 0) for s in linked.sites_constructing(_RELATIVE))
    return sorted({text for text in told if isinstance(text, str) and HOLE not in text})


def _adding(linked: Linked, added: list[Site], file: str) -> list[Site]:
    """The calls that add the interface of a file: those that name it, else those of which nothing tells what they add."""
    named = [(site, _ending(linked, site.frame.scope, site.argument(0, "specification"))) for site in added]
    adding = [site for site, parts in named if parts and PurePosixPath(file).parts[-len(parts) :] == parts]
    return adding or [site for site, parts in named if not parts]


def _ending(linked: Linked, scope: Scope, ref: Ref, depth: int = 0) -> tuple[str, ...]:
    """How the path of a file ends that an expression makes, as far as it is constant: ``HERE / "api.yaml"``."""
    text = linked.constant(scope, ref)
    if isinstance(text, str):
        return tuple(part for part in PurePosixPath(text.rpartition(HOLE)[2]).parts if part not in ("/", ".", ".."))
    for operation in scope.operations_producing(ref) if depth < _DEEPEST else ():
        if operation[0] == Op.BINARY:
            return _ending(linked, scope, operation[3], depth + 1)
        if operation[0] == Op.CALL and operation[3]:
            return _ending(linked, scope, operation[3][-1], depth + 1)
    return ()


def _base(linked: Linked, site: Site) -> str:
    given = linked.keyword(site.frame.scope, site.operation, "base_path", 1)
    return given if isinstance(given, str) else ""


_INTERFACE = """
openapi: "3.0.0"
servers:
- url: http://orders.example/shop   # where it is found
  description: the shop
- url: /other
paths:
  /orders:
    x-openapi-router-controller: shop.orders
    get:
      summary: >
        delete:
          operationId: shop.orders.lost
      operationId: listed
    post:
      operationId: put
      responses: {"200": {"description": "done"}}
  /orders/{number}:
    delete:
      operationId: "shop.orders.Desk.drop"
    put:
      operationId: shop.orders.nothing
components:
  securitySchemes:
    token:
      type: http
      x-bearerInfoFunc: shop.orders.asked
"""

FRAMEWORK = Framework(
    name="Connexion",
    summaries={
        "connexion": _CONNEXION,
        "connexion.apps.flask": "from connexion import FlaskApp\n",
        "connexion.apps.flask_app": "from connexion import FlaskApp\n",
        "connexion.apps.asynchronous": "from connexion import AsyncApp\n",
        "connexion.resolver": _RESOLVER,
    },
    entry_points=(entry_points,),
    wires=(wires,),
    examples=(
        Example(
            {
                "shop/__init__.py": "",
                "shop/interface/api.yaml": _INTERFACE,
                "shop/interface/more.json": """
                    {"swagger": "2.0", "basePath": "/v1",
                     "paths": {"/bills": {"get": {"operationId": "bills"}}}}
                """,
                "shop/orders.py": """
                    def listed(): helper()
                    def place(body): pass
                    put = place
                    def lost(): pass
                    def bills(): pass
                    def helper(): pass
                    def asked(token): pass
                    class Desk:
                        @staticmethod
                        def drop(number): pass
                """,
                "shop/app.py": """
                    from pathlib import Path
                    import connexion
                    from connexion.resolver import RelativeResolver

                    def wrong(problem): pass

                    def make():
                        app = connexion.FlaskApp(__name__, specification_dir="interface")
                        app.add_api(Path(__file__).parent / "interface" / "api.yaml")
                        app.add_api("more.json", base_path="/v2", resolver=RelativeResolver("shop.orders"))
                        app.add_error_handler(404, wrong)

                        @app.app.before_request
                        def first(): pass
                """,
            },
            entries=frozenset(
                {
                    "http GET /shop/orders -> shop.orders:listed",
                    "http POST /shop/orders -> shop.orders:place",
                    "http DELETE /shop/orders/{number} -> shop.orders:Desk.drop",
                    "http GET /v2/bills -> shop.orders:bills",
                }
            ),
            calls=frozenset(
                {
                    "shop.orders:listed -[call]-> shop.orders:helper",
                    "shop.app:make -[callback]-> shop.orders:asked",
                    "shop.app:make -[callback]-> shop.app:wrong",
                    "shop.app:make -[callback]-> shop.app:make.first",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            {
                "shop/__init__.py": "",
                "shop/api.yaml": _INTERFACE,
                "shop/orders.py": """
                    class App:
                        def add_api(self, specification): pass
                    def listed(): pass
                    def place(body): pass
                    def make():
                        App().add_api("api.yaml")
                """,
            },
            calls=frozenset(
                {
                    "shop.orders:make -[construct]-> shop.orders:App",
                    "shop.orders:make -[call]-> shop.orders:App.add_api",
                }
            ),
        ),
    ),
)
