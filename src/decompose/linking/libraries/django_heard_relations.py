"""Many-to-many relations of which Django looks up what is there before it adds to them: `ManyRelatedManager.add`.

It does so where somebody listens to changes of the relation, and is told of what is new; and where a model has the rows between, as those
may hold more than the two keys. Elsewhere it leaves it to the database to pass over what is there already.
"""

from __future__ import annotations

from collections.abc import Iterator

from decompose.facts import Op
from decompose.linking.libraries.django_schema import Field, has_table_of_its_own
from decompose.linking.linked import Linked
from decompose.linking.program import Module, Scope
from decompose.made_once import made_once

_SIGNAL = ("m2m_changed", "signals")
_BETWEEN = "through"


def looks_before_adding(linked: Linked, cls: Scope, field: Field) -> bool:
    """Whether what is there is read before rows are added to a relation of a model."""
    return not has_table_of_its_own(linked, field) or (cls.index, field.name) in _listened_to(linked)


def _find_listened_to(linked: Linked) -> frozenset[tuple[int, str]]:
    """The class and the name of each relation whose rows between are named (``Order.tags.through``) where the signal is imported.

    This is asked before the relations are known to the code of modules, so that it goes by what is written.
    """
    modules = (module for module in linked.program.modules if not module.library and _imports_signal(module))
    scopes = (scope for module in modules for scope in module.scopes)
    return frozenset(found for scope in scopes for found in _named_in(linked, scope))


_listened_to = made_once(_find_listened_to)


def _imports_signal(module: Module) -> bool:
    return any(name in _SIGNAL for _, _, name in module.facts.imported)


def _named_in(linked: Linked, scope: Scope) -> Iterator[tuple[int, str]]:
    for operation in scope.facts.ops:
        if operation[0] == Op.ATTRIBUTE and operation[3] == _BETWEEN:
            for of, name in scope.attributes_read(operation[2]):
                described = (linked.values[value] for value in linked.names.evaluate(scope, of))
                yield from ((d[1], name) for d in described if d[0] == "C")
