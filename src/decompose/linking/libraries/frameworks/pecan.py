"""Pecan: controllers that hold each other, whose exposed methods answer below the path of their object; also exposed by WSME."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from decompose.facts import Op
from decompose.facts.records import ParameterKind
from decompose.linking.found import FoundEntry
from decompose.linking.libraries.decorator_routes import join
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.libraries.object_trees import Branch, attributes, has_subclasses, places
from decompose.linking.libraries.stated import scope_at
from decompose.linking.linked import Linked
from decompose.linking.makers import Makers
from decompose.linking.program import Scope
from decompose.linking.registrations import Registrations
from decompose.linking.wiring import Wire
from decompose.made_once import made_once

_EXPOSE = """
from typing import TypeVar

from decompose.effects import keeps

F = TypeVar("F")

class _Exposed:
    @keeps("function")
    def __call__(self, function: F) -> F: ...

def expose(*args, **options) -> _Exposed: ...
def wsexpose(*args, **options) -> _Exposed: ...
"""
_REST = "pecan.rest:RestController"
_EXPOSING = ("pecan:expose", "pecan.decorators:expose", "wsmeext.pecan:wsexpose")
_BY_NAME = {
    "get_all": ("GET", False, ""), "get_one": ("GET", True, ""), "get": ("GET", True, ""), "new": ("GET", False, "new"),
    "edit": ("GET", True, "edit"), "post": ("POST", False, ""), "put": ("PUT", True, ""), "patch": ("PATCH", True, ""),
    "delete": ("DELETE", True, ""), "get_delete": ("GET", True, "delete"),
}  # fmt: skip
"""What a method of a `RestController` answers: the verb, whether its parameters are in the path, and what follows them."""
_UNKNOWN = "<dynamic>"


class _Exposed(NamedTuple):
    """An exposed method, where it is exposed, the verb and name that it takes from the page that it is a part of, and whether its
    last parameter is what the request carries.
    """

    function: Scope
    line: int
    verb: str = ""
    name: str = ""
    body: bool = False


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """Each exposed method at every path of its object."""
    exposed, found = _exposed(linked), _places(linked)
    for cls in linked.application_classes():
        for each in _methods(linked, cls, exposed):
            owner = each.function.parent
            handler = each.function if owner is cls else cls
            for path in found.get(cls.index) or (
                [f"/{_UNKNOWN}"] if owner is cls and not has_subclasses(linked, cls) else []
            ):
                for verb, route in _answers(linked, cls, each):
                    line = each.line if owner is cls else cls.facts.line
                    yield FoundEntry(
                        "http", f"{verb} {join(path, route)}", handler, cls.module.file, line, each.function
                    )


def _methods(linked: Linked, cls: Scope, exposed: dict[int, list[_Exposed]]) -> Iterator[_Exposed]:
    """The exposed methods that the objects of a class have, also those that it inherits."""
    seen: set[str] = set()
    for owner in linked.hierarchy.order(cls):
        for name, ref in owner.facts.names.items() if not owner.library else ():
            function = owner.function_below(ref) if name not in seen else None
            seen.add(name)
            if function is not None and name not in ("_lookup", "_route"):
                yield from exposed.get(function.index, ())


@made_once
def _exposed(linked: Linked) -> dict[int, list[_Exposed]]:
    """Function -> how it is exposed."""
    registrations = Registrations(Makers(linked))
    found: dict[int, list[_Exposed]] = {}
    for site in linked.sites_calling(*_EXPOSING):
        body = any(name == "body" for name, _ in site.keywords)
        for place, ref, _ in registrations.decorated(site) if not site.frame.scope.library else ():
            for function in linked.handlers(place, ref):
                inside = function.parent is not None and not function.parent.is_function
                if function.is_function and inside:
                    found[function.index] = [_Exposed(function, function.facts.line, body=body)]
    for site in linked.engine.sites:
        scope = site.frame.scope
        call = scope.call_producing(site.operation[2]) if site.kind == "decorate" and not scope.library else None
        for page, name in scope.attributes_read(call[2]) if call is not None else ():
            shown = scope.function_below(page) if name == "when" else None
            part = scope.function_below(site.arguments[0]) if shown is not None and shown.index in found else None
            verb = linked.keyword(scope, call, "method", 0) if part is not None and call is not None else None
            if part is not None and shown is not None and isinstance(verb, str):
                found[part.index] = [_Exposed(part, part.facts.line, verb.upper(), shown.facts.name)]
    return found


def _answers(linked: Linked, cls: Scope, each: _Exposed) -> Iterator[tuple[str, str]]:
    """The verbs by which a method answers, each with what its path adds."""
    name = each.name or each.function.facts.name
    if not linked.inherits(cls, _REST):
        yield each.verb or "ANY", "/" if name == "index" else "<path>" if name == "_default" else name
        return
    custom = linked.names.constants.plain_data(*_custom(linked, cls)) if _custom(linked, cls) is not None else None
    listed = custom.get(name) if isinstance(custom, dict) else None
    if isinstance(listed, list):
        yield from ((str(verb).upper(), name) for verb in listed)
    if name in _BY_NAME:
        verb, of_one, behind = _BY_NAME[name]
        yield verb, "/".join(part for part in (_named(each.function, each.body) if of_one else "", behind) if part)


def _custom(linked: Linked, cls: Scope) -> Any:  # Any: a scope and a ref in it, or None
    member = linked.hierarchy.own_member(cls, "_custom_actions")
    return (member.owner, member.ref) if member is not None else None


def _named(function: Scope, body: bool = False) -> str:
    """The parts of a path that a method is given by position, and has to be: ``<id>``."""
    given = function.facts.parameters[1 : -1 if body else None]
    return "/".join(f"<{p[0]}>" for p in given if p[4] == ParameterKind.POSITIONAL and p[3] is None)


@made_once
def _places(linked: Linked) -> dict[int, list[str]]:
    inside = {}
    for cls in linked.application_classes():
        member = linked.hierarchy.member(cls, "get_one") if linked.inherits(cls, _REST) else None
        one = member.owner.function_below(member.ref) if member is not None and not member.owner.library else None
        if one is not None:
            inside[cls.index] = _named(one)
    further: dict[int, list[Branch]] = {}
    for cls, _, branches in _looked_up(linked):
        further.setdefault(cls.index, []).extend(branches)
    return places(linked, [Branch("", cls) for cls in _roots(linked)], further, inside)


def _roots(linked: Linked) -> list[Scope]:
    """What configurations name as the root, and what applications are made with; else what no other controller has."""
    found: dict[int, Scope] = {}
    for site in linked.sites_calling("pecan:make_app"):
        for value in sorted(linked.argument_values(site, site.argument(0, "root"))):
            described = linked.values[value]
            if described[0] in ("I", "C"):
                found[described[1]] = linked.program.scopes[described[1]]
    for module in linked.program.modules:
        table = -1 if module.library else module.top.facts.names.get("app", -1)
        made = module.top.operations_producing(table)
        keyed = [dict(zip(o[4] or (), o[3], strict=False)) for o in made if o[0] == Op.CONTAINER and o[2] == "dict"]
        root = linked.constant(module.top, keyed[0].get("root", -1)) if keyed else None
        cls = scope_at(linked, root) if isinstance(root, str) else None
        if cls is not None:
            found[cls.index] = cls
    if not found:
        exposed = _exposed(linked)
        holders = [c for c in linked.application_classes() if any(True for _ in _methods(linked, c, exposed))]
        held = {branch.cls.index for cls in holders for branch in attributes(linked, cls)}
        held |= {branch.cls.index for _, _, branches in _looked_up(linked) for branch in branches}
        found = {c.index: c for c in holders if c.index not in held and any(True for _ in attributes(linked, c))}
    return [cls for cls in found.values() if not cls.library]


def _looked_up(linked: Linked) -> Iterator[tuple[Scope, Scope, list[Branch]]]:
    """The classes that look up a controller by a part of the path: the class, its method, and what that may give."""
    for cls in linked.application_classes():
        found = linked.bound_method(cls, "_lookup")
        if found is not None and found[0].index in _exposed(linked):
            yield cls, found[0], list(_given_back(linked, found[0]))


def _given_back(linked: Linked, function: Scope) -> Iterator[Branch]:
    """``return Users(id), remainder``: the controllers; what is cut off from the rest of the path is not known."""
    for returned in function.facts.returns:
        for pair in function.operations_producing(returned):
            if pair[0] == Op.CONTAINER and len(pair[3]) > 1:
                cut = any(made[0] == Op.ITEM for made in function.operations_producing(pair[3][1]))
                call = function.call_producing(pair[3][0])
                for value in linked.names.evaluate(function, call[2]) if call is not None else ():
                    described = linked.values[value]
                    if described[0] == "C" and not linked.program.scopes[described[1]].library:
                        path = join(_named(function), _UNKNOWN) if cut else _named(function)
                        yield Branch(path, linked.program.scopes[described[1]])


def wires(linked: Linked) -> Iterator[Wire]:
    """From each class to what looks up the controllers below it."""
    for cls, function, _ in _looked_up(linked):
        yield Wire(
            cls,
            cls.facts.line,
            function,
            "callback",
            "looks up what is below it",
            acting=linked.values.instance(cls.index),
        )


FRAMEWORK = Framework(
    name="Pecan",
    summaries={
        "pecan": _EXPOSE + "def make_app(root, **options): ...\n",
        "pecan.decorators": _EXPOSE,
        "pecan.rest": "class RestController:\n    __has_more__ = True\n",
        "wsmeext.pecan": _EXPOSE,
    },
    entry_points=(entry_points,),
    wires=(wires,),
    examples=(
        Example(
            {
                "shop/__init__.py": "",
                "shop/config.py": 'app = {"root": "shop.api.Root", "modules": ["shop"]}\n',
                "shop/api.py": """
                    import pecan
                    from pecan import expose
                    from pecan.rest import RestController
                    from wsmeext import pecan as wsme_pecan

                    def guarded(function): return pecan.expose("json")(function)

                    class Lines(RestController):
                        @wsme_pecan.wsexpose(str, int)
                        def get_all(self): return helper()

                    class Orders(RestController):
                        _custom_actions = {"count": ["GET"]}
                        lines = Lines()
                        @expose("json")
                        def get_one(self, number): pass
                        @expose()
                        def post(self): pass
                        @guarded
                        def count(self): pass
                        def hidden(self): pass

                    class Item:
                        @expose()
                        def index(self): pass

                    class Root:
                        orders = Orders()
                        def __init__(self): self.items = Items()
                        @expose()
                        def index(self): pass
                        @expose(generic=True)
                        def about(self): pass
                        @about.when(method="POST")
                        def say(self): pass

                    class Items:
                        @expose()
                        def _lookup(self, name, *remainder): return Item(), remainder

                    class Elsewhere:
                        @expose()
                        def lost(self): pass

                    def helper(): pass
                """,
            },
            entries=frozenset(
                {
                    "http ANY / -> shop.api:Root.index",
                    "http ANY /about -> shop.api:Root.about",
                    "http POST /about -> shop.api:Root.say",
                    "http GET /orders/<number> -> shop.api:Orders.get_one",
                    "http POST /orders -> shop.api:Orders.post",
                    "http GET /orders/count -> shop.api:Orders.count",
                    "http GET /orders/<number>/lines -> shop.api:Lines.get_all",
                    "http ANY /items/<name>/ -> shop.api:Item.index",
                    "http ANY /<dynamic>/lost -> shop.api:Elsewhere.lost",
                }
            ),
            calls=frozenset(
                {
                    "shop.api:Lines.get_all -[call]-> shop.api:helper",
                    "shop.api:Orders -[construct]-> shop.api:Lines",
                    "shop.api:Orders -[decorate]-> shop.api:guarded",
                    "shop.api:Root -[construct]-> shop.api:Orders",
                    "shop.api:Root.__init__ -[construct]-> shop.api:Items",
                    "shop.api:Items -[callback]-> shop.api:Items._lookup",
                    "shop.api:Items._lookup -[construct]-> shop.api:Item",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            import pecan

            def expose(): return lambda function: function

            class Root:
                @expose()
                def index(self): pass
            """,
            calls=frozenset({"m:Root -[call]-> m:expose", "m:Root -[decorate]-> m:expose"}),
        ),
    ),
)
