"""Where code renders Django's templates: by which name, and with what, also where callers or defaults give these to a function."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.frames import Frame, Site
from decompose.linking.linked import Linked
from decompose.linking.origins import keyword_ref
from decompose.linking.program import Scope

REQUEST = "request"
_NAME, _CONTEXT = "template_name", "context"
_RENDERING = {
    "django.shortcuts:render": (1, 2, 0),
    "django.template.loader:render_to_string": (0, 1, 2),
    "django.template.response:TemplateResponse": (1, 2, 0),
}
"""What renders, with the positions of the name, of the context and of the request."""
_LOADED = "django.template.loader:_Loaded.render"
"""What renders a template that was loaded by its name before."""

_MAX_NAMES = 6
"""With more templates than these a function renders whatever it is given: none of them is its own."""


class Rendering(NamedTuple):
    """A call that renders the template of a name. What it is given stands in the call ``given``, of this function or of a caller."""

    site: Site
    name: str
    given: Site
    context: Ref
    request: Ref


def renderings(linked: Linked) -> Iterator[Rendering]:
    """All calls of the application's that render a template whose name is known."""
    for definition, (name_at, context_at, request_at) in _RENDERING.items():
        for site in linked.sites_calling(definition):
            if not site.frame.scope.library:
                request = site.argument(request_at, REQUEST)
                yield from _named(
                    linked, site, site.argument(name_at, _NAME), site.argument(context_at, _CONTEXT), request
                )
    for site in linked.sites_calling(_LOADED):
        name = _name_loaded(linked, site)
        if name is not None and not site.frame.scope.library:
            yield from _named(linked, site, name, site.argument(0, _CONTEXT), site.argument(1, REQUEST))


def _name_loaded(linked: Linked, site: Site) -> Ref | None:
    """The name by which a template was loaded that the same function renders."""
    scope = site.frame.scope
    for asked in scope.operations_producing(site.operation[2]):
        origin = linked.origin(scope, asked[2]) if asked[0] == Op.ATTRIBUTE else None
        if origin is not None and origin.scope is scope and origin.operation[0] == Op.CALL:
            return keyword_ref(origin.operation, _NAME, 0)
    return None


def _named(linked: Linked, site: Site, name: Ref, context: Ref, request: Ref) -> Iterator[Rendering]:
    """Of a call what the name may be: a constant, or what a parameter is, by default or as callers give it."""
    scope = site.frame.scope
    known = _name_of(linked, site.frame, name)
    if isinstance(known, str):
        yield Rendering(site, known, site, context, request)
        return
    position = _parameter(scope, name)
    if position < 0:
        return
    default = scope.facts.parameters[position][3]
    known = linked.constant(scope.parent, default) if default is not None and scope.parent is not None else None
    if isinstance(known, str):
        yield Rendering(site, known, site, context, request)
    given = list(_given_by_callers(linked, scope, position))
    if len({name for _, name in given}) > _MAX_NAMES:
        return
    handed = _parameter(scope, context)
    for caller, called in given:
        where, ref = site, context
        if handed >= 0:
            where, ref = caller, _argument(caller, scope, handed)
        yield Rendering(site, called, where, ref, request)


def _given_by_callers(linked: Linked, function: Scope, position: int) -> Iterator[tuple[Site, str]]:
    """The calls of a function that give a constant for a parameter, each with it."""
    for caller in linked.sites_leading_to(function):
        ref = _argument(caller, function, position)
        known = linked.constant(caller.frame.scope, ref) if ref != -1 else None
        if isinstance(known, str):
            yield caller, known


def _argument(caller: Site, function: Scope, position: int) -> Ref:
    own = function.is_method and caller.kind == "call"
    return caller.argument(position - own, function.facts.parameters[position][0])


def _parameter(scope: Scope, ref: Ref) -> int:
    """Which parameter of a function a ref is; -1 if none."""
    while type(ref) is int and ref >= 0:
        found = next((position for position, p in enumerate(scope.facts.parameters) if p[1] == ref), -1)
        copied = [o for o in scope.operations_producing(ref) if o[0] in (Op.COPY, Op.NARROW)] if found < 0 else []
        if found >= 0 or len(copied) != 1 or copied[0][2] == ref:
            return found
        ref = copied[0][2]
    return -1


def _name_of(linked: Linked, frame: Frame, ref: Ref) -> object:
    """The name of a template: a constant, or an attribute of the object whose method renders it."""
    scope = frame.scope
    given = linked.constant(scope, ref)
    described = linked.values[frame.receiver] if frame.receiver >= 0 else ("",)
    if given is not None or described[0] not in ("I", "C"):
        return given
    own = scope.facts.parameters[0][1] if scope.is_method and scope.facts.parameters else -1
    for operation in scope.operations_producing(ref):
        if operation[0] == Op.ATTRIBUTE and operation[2] == own:
            member = linked.hierarchy.member(linked.program.scopes[described[1]], operation[3])
            return linked.constant_of(member)
    return None
