"""Pyramid: who is given the request and the configurator, and what an application puts on both.

Views, factories of services and functions that are included are told by how they are registered; the request's own attributes and
the configurator's directives by ``add_request_method`` and ``add_directive``.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any, NamedTuple

from decompose.facts import Op
from decompose.facts.records import ParameterKind, Ref
from decompose.linking.engine import Engine
from decompose.linking.frames import Site
from decompose.linking.libraries.decorator_routes import join
from decompose.linking.libraries.django_schema import library_class
from decompose.linking.libraries.stated import scope_at
from decompose.linking.linked import Linked
from decompose.linking.origins import keyword_ref
from decompose.linking.program import Program, Scope
from decompose.linking.values import Value
from decompose.linking.wiring import Given, Result, Wire, connect, function_value

REQUEST = "pyramid.request:Request"
CONFIGURATOR = "pyramid.config:Configurator"
_DECORATORS = tuple(
    f"pyramid.view:{name}"
    for name in ("view_config", "notfound_view_config", "forbidden_view_config", "exception_view_config")
)
_VIEWS = {"add_view": "view", "add_notfound_view": "view", "add_forbidden_view": "view", "add_exception_view": "view"}
_WITH_REQUEST = {**_VIEWS, "register_service_factory": "service_factory"}
_NAMES = ("config", "configurator")
_MAX_INCLUDED = 8


class _Adding(NamedTuple):
    """A method of the configurator that puts something on each request, or on the configurator itself."""

    given: str
    name_at: int
    holder: str


_ADDING = {
    "add_request_method": _Adding("callable", 1, REQUEST),
    "add_directive": _Adding("directive", 0, CONFIGURATOR),
}


def configuring(linked: Linked, *methods: str) -> Iterator[tuple[Site, str]]:
    """Calls of these methods of the configurator, which functions are given without saying its type; each with the method."""
    found: dict[tuple[int, int], tuple[Site, str]] = {}
    for method in methods:
        for site in linked.sites_calling(f"{CONFIGURATOR}.{method}"):
            found.setdefault((site.frame.scope.index, site.operation[1]), (site, method))
    for site in linked.engine.sites:
        scope = site.frame.scope
        key = scope.index, site.operation[1]
        if key in found or site.kind != "call" or scope.library or site.targets:
            continue
        for of, name in scope.attributes_read(site.operation[2]):
            if name in methods and _is_parameter_called_config(scope, of):
                found[key] = site, name
    return (found[key] for key in sorted(found))


def _is_parameter_called_config(scope: Scope, node: Ref) -> bool:
    return any(name in _NAMES and inner == node for name, inner, *_ in scope.facts.parameters)


def views(linked: Linked) -> Iterator[tuple[Site, Scope]]:
    """Each call or decorator that registers a view, with the function, method or class."""
    for site, view in registering(linked):
        for handler in linked.handlers(*view):
            yield site, handler


def registering(linked: Linked) -> Iterator[tuple[Site, tuple[Site, Ref]]]:
    """Each call or decorator that registers a view, with the call or decoration that is given it, and the argument."""
    for site, method in configuring(linked, *_VIEWS):
        yield site, (site, site.argument(0, _VIEWS[method]))
    for site in linked.sites_calling(*_DECORATORS):
        for decoration in linked.decorations(site):
            yield site, (decoration, decoration.arguments[0])


class _Call(NamedTuple):
    """A call of a method by its name, in a function that may not have been looked at yet."""

    scope: Scope
    operation: list[Any]
    method: str


def _calls_by_name(program: Program, methods: Container[str]) -> Iterator[_Call]:
    for scope in program.scopes:
        for operation in scope.facts.ops if not scope.library else ():
            if operation[0] == Op.CALL:
                for _, name in scope.attributes_read(operation[2]):
                    if name in methods:
                        yield _Call(scope, operation, name)


def bind_added(program: Program, engine: Engine) -> None:
    """Make room for what is added to requests and configurators, before anything reads it."""
    holders = {method: _of_library(program, adding.holder) for method, adding in _ADDING.items()}
    for call in _calls_by_name(program, _ADDING) if None not in holders.values() else ():
        name, holder = _added_name(engine, call), holders[call.method]
        if name and holder is not None:
            program.stored_attributes.add(name)
            engine.contributed.add((holder.index, name))


def give_requests(engine: Engine) -> None:
    """Give the request and the configurator to whom the framework gives them, and put on both what is added."""
    request, configurator = (_of_library(engine.program, definition) for definition in (REQUEST, CONFIGURATOR))
    if request is not None and configurator is not None:
        connect(engine, [*_given(Linked(engine), request, configurator)])


def _given(linked: Linked, request: Scope, configurator: Scope) -> Iterator[Wire | Given | Result]:
    asked, configuring = (linked.values.instance(cls.index) for cls in (request, configurator))
    for _, handler in views(linked):
        yield from _given_request(linked, handler, asked)
    for call in _calls_by_name(linked.program, {"include", *_WITH_REQUEST, *_ADDING}):
        if call.method == "include":
            for included in _included(linked, call):
                yield Wire(call.scope, call.operation[-1], included, "call", "included by the configurator")
                yield from _given_first(linked, included, configuring)
            continue
        for function in _functions(linked, call):
            if call.method == "add_directive":
                yield from _given_first(linked, function, configuring)
            else:
                yield from _given_request(linked, function, asked, first=call.method == "add_request_method")
            if call.method in _ADDING:
                holder = request if _ADDING[call.method].holder == REQUEST else configurator
                yield from _added(linked, call, function, holder)


def wires(linked: Linked) -> Iterator[Wire | Given | Result]:
    """The same for what only flowing values tell, and who the request is from: what the policy says."""
    request, configurator = (_of_library(linked.program, definition) for definition in (REQUEST, CONFIGURATOR))
    if request is None or configurator is None:
        return
    asked = linked.values.instance(request.index)
    for _, handler in views(linked):
        yield from _given_request(linked, handler, asked)
    for site, method in configuring(linked, *_WITH_REQUEST, *_ADDING):
        call = _Call(site.frame.scope, site.operation, method)
        given = _given_ref(call)
        for function in () if isinstance(given, str) else handed(linked, site, given):
            if method == "add_directive":
                yield from _given_first(linked, function, linked.values.instance(configurator.index))
            else:
                yield from _given_request(linked, function, asked, first=method == "add_request_method")
            if method in _ADDING:
                holder = request if _ADDING[method].holder == REQUEST else configurator
                yield from _added(linked, call, function, holder)
    for site, _ in configuring(linked, "set_security_policy"):
        for value in sorted(linked.argument_values(site, site.argument(0, "policy"))):
            described = linked.values[value]
            cls = linked.program.scopes[described[1]] if described[0] == "I" else None
            found = linked.bound_method(cls, "identity", value) if cls is not None and not cls.library else None
            if found is not None:
                into = linked.engine.fields(request.index, "identity")
                rule = "the policy tells whose request it is"
                yield Wire(site.frame.scope, site.line, found[0], "call", rule, into, acting=value)


def handed(linked: Linked, site: Site, given: Ref) -> list[Scope]:
    """The functions and classes that are given, and what objects do that are given to be called."""
    return [*linked.handlers(site, given), *linked.objects_called(site, given)]


def _given_request(linked: Linked, handler: Scope, request: Value, *, first: bool = False) -> Iterator[Given]:
    """``view(request)`` or ``view(context, request)``; of a class or a method of one, its ``__init__``."""
    function, receiver = handler, -1
    if handler.facts.name == "__call__" and handler.parent is not None:
        receiver = linked.values.instance(handler.parent.index)
    elif handler.is_method and handler.facts.flavour != "static" and not first:
        if handler.facts.flavour == "class":
            receiver = linked.class_value(handler.parent.index) if handler.parent is not None else -1
        elif handler.parent is not None:
            function = handler.parent
    if not function.is_function:
        made = linked.values.instance(function.index)
        initialiser = linked.engine.function_of(linked.hierarchy.member(function, "__init__"))
        if initialiser is None or initialiser.library:
            return
        function, receiver = initialiser, made
    names = [name for name, _, _, _, kind in function.facts.parameters if kind == ParameterKind.POSITIONAL]
    names = names[1:] if receiver >= 0 else names
    if names:
        taken = names[0] if first or len(names) == 1 else names[1]
        yield Given(function_value(linked.engine, function, receiver), taken, request)


def _given_first(linked: Linked, function: Scope, value: Value) -> Iterator[Given]:
    if function.is_function and function.facts.parameters:
        yield Given(function_value(linked.engine, function), function.facts.parameters[0][0], value)


def _functions(linked: Linked, call: _Call) -> Iterator[Scope]:
    """The functions and classes of the application that a call gives the configurator, by themselves or by name."""
    given = _given_ref(call)
    if isinstance(given, str):
        found = named(linked, call.scope, given)
        if found is not None:
            yield found
        return
    yield from linked.functions_among(linked.names.evaluate(call.scope, given))


def named(linked: Linked, scope: Scope, dotted: str) -> Scope | None:
    """The function or class at a dotted name, which may begin at the package around."""
    return scope_at(linked, _absolute(linked, scope, dotted))


def _absolute(linked: Linked, scope: Scope, dotted: str) -> str:
    bare = dotted.lstrip(".")
    return linked.program.absolute_name(scope.module, len(dotted) - len(bare), bare)


def _included(linked: Linked, call: _Call) -> Iterator[Scope]:
    """The functions that ``include`` runs: the one given, or ``includeme`` of the module given, or named."""
    given = keyword_ref(call.operation, "callable", 0)
    text = linked.constant(call.scope, given)
    if isinstance(text, str):
        module = linked.program.by_name.get(_absolute(linked, call.scope, text))
        found = [_includeme(linked, module.top) if module is not None else named(linked, call.scope, text)]
    else:
        values = linked.names.evaluate(call.scope, given)
        modules = [linked.program.modules[d[1]] for d in map(linked.values.__getitem__, values) if d[0] == "M"]
        found = [*linked.functions_among(values), *(_includeme(linked, module.top) for module in modules)]
    yield from (function for function in found if function is not None and function.is_function)


def included_below(linked: Linked) -> dict[int, list[str]]:
    """Function that is included -> the prefixes that its routes stand below, where somebody gives one."""
    around: dict[int, list[tuple[int, str]]] = {}
    for call in _calls_by_name(linked.program, {"include"}):
        prefix = linked.keyword(call.scope, call.operation, "route_prefix", 1)
        for function in _included(linked, call):
            place = call.scope.index, prefix if isinstance(prefix, str) else ""
            if place not in around.setdefault(function.index, []):
                around[function.index].append(place)

    def below(index: int, way: tuple[int, ...]) -> list[str]:
        places = [] if index in way or len(way) > _MAX_INCLUDED else around.get(index, [])
        found = [join(outer, prefix) for place, prefix in places for outer in below(place, (*way, index))]
        return list(dict.fromkeys(found))[:_MAX_INCLUDED] or [""]

    return {index: below(index, ()) for index in around}


def _includeme(linked: Linked, top: Scope) -> Scope | None:
    ref = top.facts.names.get("includeme")
    return linked.engine.plain_function(top, ref) if ref is not None and not top.library else None


def _added(linked: Linked, call: _Call, function: Scope, holder: Scope) -> Iterator[Result]:
    name = _added_name(linked.engine, call)
    wrapper = _of_library(linked.program, "builtins:property")
    value = function_value(linked.engine, function)
    if any(linked.keyword(call.scope, call.operation, option) for option in ("property", "reify")):
        if not function.is_function:
            value = linked.values.instance(function.index)
        elif wrapper is not None:
            value = linked.values.instance(wrapper.index, ((value,), ()))
    if name:
        yield Result(linked.engine.fields(holder.index, name), value)


def _given_ref(call: _Call) -> Ref:
    """What a call gives the configurator."""
    if call.method in _ADDING:
        adding = _ADDING[call.method]
        return keyword_ref(call.operation, adding.given, 1 - adding.name_at)
    return keyword_ref(call.operation, _WITH_REQUEST[call.method], 0)


def _added_name(engine: Engine, call: _Call) -> str:
    """Under which name something is added: the one that is given, else that of the function."""
    given = keyword_ref(call.operation, "name", _ADDING[call.method].name_at)
    text = engine.names.constants.constant(call.scope, given)
    if isinstance(text, str):
        return text
    for value in engine.names.evaluate(call.scope, _given_ref(call)):
        if engine.values[value][0] in ("F", "C"):
            return str(engine.program.scopes[engine.values[value][1]].facts.name)
    return ""


def _of_library(program: Program, definition: str) -> Scope | None:
    module, _, name = definition.partition(":")
    return library_class(program, module, name)
