"""Models of whose rows django-reversion keeps versions: what it reads to write one down.

A version holds what the row is tied to many to many, and where the registration says so (``follow``) the versions of related
rows. It is made when a row is saved inside of a revision, which a block, a decorator, a view or a middleware opens.
"""

from __future__ import annotations

from collections.abc import Iterator

from decompose.linking.effects import ALONG
from decompose.linking.frames import Site
from decompose.linking.libraries import model_views
from decompose.linking.libraries.django_middleware import listed_in_settings
from decompose.linking.libraries.django_schema import MANY_TO_MANY, fields
from decompose.linking.libraries.django_silent_writes import sends_none
from decompose.linking.libraries.django_templates import Found
from decompose.linking.linked import Linked
from decompose.linking.transaction_scopes import TransactionScope, opened_at
from decompose.linking.values import Value

BY_VERSION = ", for its version"
"""Rows are read because the version of one is written down."""

_PACKAGE = "reversion"
_REGISTER = frozenset({"reversion.register", "reversion.revisions.register"})
_OPENING = ("reversion.revisions:create_revision", "reversion.views:create_revision")
_ADDING = "reversion.revisions:add_to_revision"
_WITHIN = ("reversion.views:RevisionMixin", "reversion.admin:VersionAdmin")
_MIDDLEWARE = "reversion.middleware.RevisionMiddleware"
_SAVES = frozenset({"insert", "update"})
_STEPS = frozenset({"call", "construct", "signal"})


def kept(linked: Linked) -> Iterator[Found]:
    """What is read for the versions of rows, at the lines that save or add them."""
    if not any(_PACKAGE in module.facts.packages for module in linked.program.modules if not module.library):
        return
    registered = dict(_registered(linked))
    read = {model: sorted(_told(linked, model, registered)) for model in registered}
    inside = _Inside(linked)
    for index, receiver, operation, value, role, rule, line in sorted(linked.engine.accesses):
        scope, described = linked.program.scopes[index], linked.values[value]
        saves = operation in _SAVES and role == "execute" and not rule.endswith(ALONG)
        if not saves or sends_none(rule) or scope.library or described[0] != "I":
            continue
        for row in read.get(described[1], ()) if inside.holds(index, line) else ():
            yield index, receiver, "read", row, "execute", f"{rule}{BY_VERSION}{ALONG}", line
    for site in linked.sites_calling(_ADDING):
        for value in linked.argument_values(site, site.argument(0, "obj")):
            described = linked.values[value]
            for row in read.get(described[1], ()) if described[0] == "I" and not site.frame.scope.library else ():
                rule = f"{_ADDING}{BY_VERSION}{ALONG}"
                yield site.frame.scope.index, site.frame.receiver, "read", row, "execute", rule, site.line


def _registered(linked: Linked) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The models of which versions are kept, each with the relations that its versions follow."""
    for implied in model_views.implied(linked):
        if linked.inherits(implied.cls, _WITHIN[1]):
            yield implied.model.index, ()
    for site, module, name in linked.external_sites():
        if f"{module}.{name}" in _REGISTER:
            follow = linked.constant(site.frame.scope, site.argument(3, "follow"))
            names = tuple(n for n in follow if isinstance(n, str)) if isinstance(follow, (list, tuple)) else ()
            yield from ((model, names) for model in _models(linked, site))


def _models(linked: Linked, site: Site) -> Iterator[int]:
    decorations = [site] if site.kind == "decorate" else linked.decorations(site)
    refs = [(each, each.argument(0)) for each in decorations] or [(site, site.argument(0, "model"))]
    for each, ref in refs:
        described = (linked.values[value] for value in linked.argument_values(each, ref))
        yield from (d[1] for d in described if d[0] == "C")


def _told(linked: Linked, model: int, registered: dict[int, tuple[str, ...]]) -> set[Value]:
    """What is read for the version of a row of a model, and for those that it follows."""
    found: set[Value] = set()
    asked, waiting = {model}, [model]
    for current in waiting:
        own = [f.name for f in fields(linked, linked.program.scopes[current]) if f.relation == MANY_TO_MANY]
        for name in own:
            found.update(linked.engine.relations.across(current, name, loads=True))
        for name in registered.get(current, ()):
            along = set(linked.engine.relations.across(current, name, loads=True))
            found |= along
            further = sorted(d[1] for value in along if (d := linked.values[value])[0] == "I" and d[1] not in asked)
            asked.update(further)
            waiting += (index for index in further if index in registered)
    return found


class _Inside:
    """The code that may run inside of a revision."""

    def __init__(self, linked: Linked) -> None:
        self._linked = linked
        self._everywhere = any(_MIDDLEWARE in names for names in listed_in_settings(linked))
        opening = {id(site) for site in linked.sites_calling(*_OPENING)}
        opened = [made for made in linked.engine.transactions if id(made[0]) in opening]
        self._blocks: dict[int, list[TransactionScope]] = {}
        self._whole: set[int] = set()
        for place in opened_at(linked.engine, opened):
            if place.extent == "whole":
                self._whole.add(place.scope)
            else:
                self._blocks.setdefault(place.scope, []).append(place)
        for cls in linked.application_classes():
            if any(linked.inherits(cls, base) for base in _WITHIN):
                self._whole.update(s.index for s in cls.module.scopes if s.parent is cls and s.is_function)
        if not self._everywhere:
            self._follow()

    def holds(self, scope: int, line: int) -> bool:
        return self._everywhere or scope in self._whole or self._is_in_block(scope, line)

    def _is_in_block(self, scope: int, line: int) -> bool:
        return any(block.first <= line <= block.last for block in self._blocks.get(scope, ()))

    def _follow(self) -> None:
        """What is called inside is inside."""
        leading: dict[int, list[tuple[int, int]]] = {}
        for site in self._linked.engine.sites:
            if not site.frame.scope.library:
                for target, _, kind in site.targets:
                    if kind in _STEPS:
                        leading.setdefault(site.frame.scope.index, []).append((site.line, target))
        waiting = sorted(self._whole | set(self._blocks))
        for index in waiting:
            for line, target in leading.get(index, ()):
                called = index in self._whole or self._is_in_block(index, line)
                if called and target not in self._whole and not self._linked.program.scopes[target].library:
                    self._whole.add(target)
                    waiting.append(target)
