"""Names that many files use are kept once: decoded, each place has a text of its own, and nine of ten are equal to another.

So is what is empty, for most lists of most scopes are: nobody changes facts, who wants others makes them new.
"""

from __future__ import annotations

from sys import intern
from typing import Any

from decompose.facts.records import FileFacts, Op, ScopeFacts

_NAME_AT = {
    Op.ATTRIBUTE: 3,
    Op.SET_ATTRIBUTE: 2,
    Op.CONTAINER: 2,
    Op.FREE: 2,
    Op.FROM: 4,
    Op.BINARY: 4,
    Op.IMPORT: 3,
    Op.SET_FREE: 1,
}
_PLACES = [_NAME_AT.get(code, 0) for code in range(1 + max(value for value in vars(Op).values() if type(value) is int))]
"""Where each operation has the name that it is about; 0: nowhere."""

_NO_LIST: list[Any] = []
_NO_DICT: dict[str, Any] = {}
_LISTS = (
    "ops",
    "parameters",
    "returns",
    "yields",
    "bases",
    "base_annotations",
    "keywords",
    "decorators",
    "switches",
    "returning",
    "made_for",
    "alone",
)
_DICTS = ("annotations", "templates", "guards")


def share_names(facts: FileFacts) -> FileFacts:
    """The facts, with the names in them that equal others replaced by these."""
    places, call = _PLACES, Op.CALL
    for imported in facts.imported:
        imported[1], imported[2] = intern(imported[1]), intern(imported[2])
    for scope in facts.scopes:
        scope.name = intern(scope.name)
        scope.names = {intern(name): ref for name, ref in scope.names.items()} if scope.names else _NO_DICT
        scope.terms = list(map(intern, scope.terms)) if scope.terms else _NO_LIST
        _share_empty(scope)
        for parameter in scope.parameters:
            parameter[0] = intern(parameter[0])
        for operation in scope.ops:
            code = operation[0]
            at = places[code]
            if at:
                operation[at] = intern(operation[at])
            elif code == call:
                if not operation[3]:
                    operation[3] = _NO_LIST
                keywords = operation[4]
                if not keywords:
                    operation[4] = _NO_LIST
                for keyword in keywords:
                    if keyword[0]:
                        keyword[0] = intern(keyword[0])
    return facts


def _share_empty(scope: ScopeFacts) -> None:
    for field in _LISTS:
        if not getattr(scope, field):
            setattr(scope, field, _NO_LIST)
    for field in _DICTS:
        if not getattr(scope, field):
            setattr(scope, field, _NO_DICT)
