"""Web frameworks whose routes are not read: what they serve is a blind spot, and not nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from decompose.facts import Op
from decompose.linking.linked import Linked
from decompose.linking.program import Scope

_FRAMEWORKS = {
    "blacksheep": "BlackSheep", "cherrypy": "CherryPy", "connexion": "Connexion", "emmett": "Emmett",
    "esmerald": "Esmerald", "eve": "Eve", "hug": "hug", "klein": "Klein", "masonite": "Masonite", "microdot": "Microdot",
    "morepath": "Morepath", "pecan": "Pecan", "pylons": "Pylons", "ravyn": "Ravyn", "responder": "Responder",
    "robyn": "Robyn", "spyne": "Spyne", "starlite": "Starlite", "tastypie": "Tastypie", "tg": "TurboGears",
    "twisted.web": "Twisted", "webapp2": "webapp2", "http.server": "http.server",
}  # fmt: skip
"""Module -> the name of the framework."""


class Unread(NamedTuple):
    """A framework, and where the application first imports it."""

    name: str
    scope: Scope
    line: int


def unread_frameworks(linked: Linked) -> Iterator[Unread]:
    """Each such framework that the application imports, once."""
    found: dict[str, Unread] = {}
    packages = {name.partition(".")[0] for name in _FRAMEWORKS}
    importing = (m for m in linked.program.modules if not m.library and not packages.isdisjoint(m.facts.packages))
    for module in sorted(importing, key=lambda m: m.file):
        for scope in module.scopes:
            for operation in scope.facts.ops:
                for name in _imported(operation):
                    if name in _FRAMEWORKS and name not in found:
                        found[name] = Unread(_FRAMEWORKS[name], scope, operation[-1])
    yield from (found[name] for name in sorted(found))


def _imported(operation: list[Any]) -> Iterator[str]:
    """The modules that an import names, by their dotted names and those above them; not what is imported for types only."""
    if operation[0] == Op.IMPORT and not operation[2] and not operation[4]:
        names = [str(operation[3])]
    elif operation[0] == Op.FROM and not operation[2] and not operation[5]:
        names = [str(operation[3]), f"{operation[3]}.{operation[4]}"]
    else:
        return
    for name in names:
        parts = name.split(".")
        yield from (".".join(parts[:end]) for end in range(1, len(parts) + 1))
