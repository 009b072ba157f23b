"""Classes that a framework makes work on the model that they name: generic views, view sets, forms of models."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from decompose.linking.libraries.django_schema import MODEL
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.values import Value

_OPERATIONS = {
    "ListView": ("read",),
    "DetailView": ("read",),
    "CreateView": ("insert",),
    "UpdateView": ("read", "update"),
    "DeleteView": ("read", "delete"),
    "ListAPIView": ("read",),
    "RetrieveAPIView": ("read",),
    "CreateAPIView": ("insert",),
    "UpdateAPIView": ("read", "update"),
    "DestroyAPIView": ("read", "delete"),
    "ListCreateAPIView": ("read", "insert"),
    "RetrieveUpdateAPIView": ("read", "update"),
    "RetrieveDestroyAPIView": ("read", "delete"),
    "RetrieveUpdateDestroyAPIView": ("read", "update", "delete"),
    "ReadOnlyModelViewSet": ("read",),
    "ModelViewSet": ("read", "insert", "update", "delete"),
}
_MODULES = ("django.views", "rest_framework")
_NAMED_IN = ("queryset", "model")


class Implied(NamedTuple):
    """What a class does to the rows of a model without a line of code that says so."""

    cls: Scope
    operation: str
    model: Scope
    rule: str


def implied(linked: Linked) -> Iterator[Implied]:
    """What views do whose class names a model or a query."""
    for cls in linked.application_classes():
        for base in _frameworks_bases(linked, cls):
            models = _models(linked, cls)
            for operation in _OPERATIONS[base]:
                yield from (Implied(cls, operation, model, f"model of a {base}") for model in models)


def _frameworks_bases(linked: Linked, cls: Scope) -> list[str]:
    reached = [
        (ancestor.module.name, ancestor.facts.name) for ancestor in linked.hierarchy.order(cls) if ancestor.library
    ]
    described = (linked.values[base] for base in linked.hierarchy.external_bases(cls))
    reached += [(module, name.rpartition(".")[2]) for _, module, name in described]
    return [name for module, name in reached if name in _OPERATIONS and module.startswith(_MODULES)]


def _models(linked: Linked, cls: Scope) -> list[Scope]:
    for name in _NAMED_IN:
        found = []
        for value in sorted(linked.attribute_values(cls, name)):
            description = linked.values[value]
            entities: Sequence[Value] = ()
            if description[0] == "C":
                entities = [value]
            elif description[0] == "I" and description[2]:
                entities = description[2][0]
            found += [linked.program.scopes[linked.values[v][1]] for v in entities if linked.values[v][0] in ("C", "I")]
        models = [model for model in found if linked.inherits(model, MODEL)]
        if models:
            return models
    return []
