"""What is given to code that is not in view: functions may be called by it, SQL may be run."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.frames import Site
from decompose.linking.program import Scope
from decompose.linking.sql_found import SqlUse
from decompose.linking.sql_text import begins_elsewhere, looks_like_sql
from decompose.linking.values import Value

if TYPE_CHECKING:
    from decompose.linking.engine import Engine

PASSED = "sql text passed to a call"
"""The rule by which SQL is run that is given to code which is not in view."""

_SAYING = frozenset(
    """debug info warning warn error exception critical log write print append extend add join format split replace strip
    startswith endswith count index find encode set_attribute set_attributes add_event set_tag set_data""".split()
)
"""Methods that are given SQL text to show, keep or take apart, whatever they are of."""

_TELLING = frozenset({"debug", "info", "warn", "warning", "error", "exception", "critical", "log"})
"""Methods of logs: a function that is given to one is named there, not called."""

_FORGETTING = frozenset({"disconnect", "unregister", "unsubscribe", "remove", "discard"})
"""Methods that take a function out of what will be called, whatever they are of."""

_PROMISING = frozenset({("typing", "Protocol"), ("typing_extensions", "Protocol"), ("abc", "ABC")})
"""Bases of classes whose methods may have no body."""

_LOOKING_UP = frozenset({"get", "pop", "setdefault"})
"""Methods that give their second argument back where they find nothing, whatever they are of: they do not call it."""


def pass_outside(engine: Engine, site: Site, *, summarised: bool = False) -> None:
    """Functions given to code that we do not see may be called by it; SQL given to it may be run.

    Of ``summarised`` code it is known that it does not run the SQL. Nothing flows back, so it is told at the end.
    """
    for ref in site.arguments:
        if _may_tell(ref):
            engine.passed_outside.append((site, ref, summarised))
    for _, ref in site.keywords:
        if _may_tell(ref):
            engine.passed_outside.append((site, ref, summarised))


def _may_tell(ref: Ref) -> bool:
    """Whether an argument may be a function, or SQL: most texts and all other data are neither."""
    if type(ref) is int:
        return ref >= 0
    if type(ref) is str:
        return looks_like_sql(ref) or begins_elsewhere(ref)
    return bool(ref) and ref[0] == "*"


def tell_methods_not_told(engine: Engine) -> None:
    """What a class of a library has that its summary does not tell: a method that nothing in the application is called like, or
    any, where no class of the application is derived from it.
    """
    for site in engine.calls_leading_nowhere():
        if site.external:
            continue
        for operation in site.frame.scope.operations_producing(site.operation[2]):
            name = operation[3] if operation[0] == Op.ATTRIBUTE else ""
            if name and name not in engine.program.stored_attributes:
                foreign = name not in engine.class_names.own
                receivers = engine.values_of(site.frame.nodes[operation[2]])
                _call_not_told(engine, site, receivers, name, foreign=foreign)


def _call_not_told(engine: Engine, site: Site, receivers: Iterable[Value], name: str, *, foreign: bool) -> None:
    for value in receivers:
        description = engine.values[value]
        cls = engine.program.scopes[description[1]] if description[0] == "I" else None
        said = engine.hierarchy.member(cls, "__has_more__") if cls is not None else None
        if said is not None and said.owner.library and (foreign or _is_only_outside(engine, cls)):
            called = f"{said.owner.facts.name}.{name}"
            if site.calls_outside(engine.values.intern("X", said.owner.module.name, called)):
                pass_outside(engine, site)


def _is_only_outside(engine: Engine, cls: Scope | None) -> bool:
    """Whether a class is a library's, and so is each that is derived from it."""
    return (
        cls is not None and cls.library and all(sub.library for sub in engine.hierarchy.subclasses.get(cls.index, ()))
    )


def tell_passed_to_unknown(engine: Engine) -> None:
    """SQL given to a call of which nothing is known is taken to be run by it."""
    for site in engine.calls_leading_nowhere():
        if not site.external and (site.arguments or site.keywords):
            _tell_texts(engine, site)


def tell_passed_to_promised(engine: Engine) -> None:
    """SQL given to a method that a class only promises is run by it, whatever stands for that: ``Cursor(Protocol)``."""
    promised = {scope.index for scope in engine.program.scopes if _is_promised(engine, scope)}
    calls = [site for site in engine.sites if site.targets and site.kind == "call"] if promised else ()
    for site in calls:
        first, *others = site.targets
        if first[0] in promised and all(target in promised for target, _, _ in others):
            _tell_texts(engine, site)


def _is_promised(engine: Engine, method: Scope) -> bool:
    """Whether a method of the application has no body, as its class is a protocol or abstract."""
    if method.library or not method.is_method or method.facts.ops or method.facts.returns or method.parent is None:
        return False
    bases = (engine.values[base] for base in engine.names.inheritance.bases(method.parent))
    return any(base[0] == "X" and base[1:] in _PROMISING for base in bases)


def _tell_texts(engine: Engine, site: Site) -> None:
    """The SQL that a call is given is run there, unless its name says that it only shows it."""
    given = [value for ref in site.arguments for value in _texts(engine, site, ref)]
    given += [value for _, ref in site.keywords for value in _texts(engine, site, ref)]
    if given and _SAYING.isdisjoint(_methods_called(site)):
        scope, receiver = site.frame.scope.index, site.frame.receiver
        engine.sql.uses.update(SqlUse(scope, receiver, value, PASSED, site.line) for value in given)


def _texts(engine: Engine, site: Site, ref: Ref) -> list[Value]:
    """The SQL text that an argument may be."""
    if type(ref) is int and (ref < 0 or not engine.contents[site.frame.nodes[ref]]):
        return []
    given = engine.values_of(engine.node_of(site.frame, ref))
    return [value for value in given if engine.values[value][0] == "Q"]


def _methods_called(site: Site) -> list[str]:
    """The names of what a site calls, where these are attributes."""
    callee = site.operation[2]
    return [
        operation[3] for operation in (site.frame.scope.operations_producing(callee)) if operation[0] == Op.ATTRIBUTE
    ]


def _is_default(site: Site, ref: Ref) -> bool:
    """Whether an argument is what a lookup gives back where it finds nothing; paths are no keys, but have handlers."""
    if ref not in site.arguments[1:2] or _LOOKING_UP.isdisjoint(_methods_called(site)):
        return False
    key = site.arguments[0]
    return not (isinstance(key, str) and "/" in key)


def _is_only_kept(site: Site, ref: Ref) -> bool:
    return _is_default(site, ref) or not (_TELLING | _FORGETTING).isdisjoint(_methods_called(site))


def _leads_inside(engine: Engine, site: Site) -> bool:
    return any(kind != "callback" and not engine.program.scopes[target].library for target, _, kind in site.targets)


def tell_passed_outside(engine: Engine) -> None:
    """What is known in the end to be given to code outside: a function only where no code of the application may be called instead."""
    for site, ref, summarised in engine.passed_outside:
        called = summarised or not (_is_only_kept(site, ref) or _leads_inside(engine, site))
        for value in engine.values_of(engine.node_of(site.frame, ref)):
            description = engine.values[value]
            receiver = -1
            if description[0] == "B":
                receiver = description[2]
                description = engine.values[description[1]]
            if description[0] == "F" and not engine.program.scopes[description[1]].library:
                if site.kind != "decorate" and called:
                    site.leads_to((description[1], receiver, "callback"), engine.single_targets, certain=False)
            elif description[0] == "Q":
                scope = site.frame.scope.index
                if summarised:
                    engine.sql.made.add((scope, site.frame.receiver, value, site.line))
                elif _SAYING.isdisjoint(_methods_called(site)):
                    engine.sql.uses.add(SqlUse(scope, site.frame.receiver, value, PASSED, site.line))
    engine.declared_parameters.start_over(engine.passed_outside)
    engine.passed_outside.clear()
