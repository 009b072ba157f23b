"""Models of which a query gives rows of the models below: what such a row leads to may be stated by any of these."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.linking.engine import Engine
from decompose.linking.libraries.django_options import is_abstract, is_proxy
from decompose.linking.linked import Linked
from decompose.linking.program import Scope

_MARK = "__gives_rows_of_models_below__"


def models_below(linked: Linked, cls: Scope) -> Iterator[Scope]:
    """The models whose rows a query of a model gives besides its own."""
    if linked.hierarchy.member(cls, _MARK) is None:
        return
    for below in linked.hierarchy.subclasses.get(cls.index, ()):
        if below is not cls and not below.library and not is_abstract(below) and not is_proxy(linked, below):
            yield below


def contribute_rows_below(engine: Engine) -> None:
    """Let a row of such a model lead to what the models below state anew."""
    linked = Linked(engine)
    for cls in linked.application_classes():
        if any(True for _ in models_below(linked, cls)):
            engine.of_large_families.add(linked.values.instance(cls.index))
