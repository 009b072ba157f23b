"""Classes that are models of Django's by all that is in view of them, though everything that they are derived from is not.

Their fields have names such as ``FSMField``, or their ``Meta`` says what that of a model says. What rests on it is inferred,
unless a migration makes the table. Of others that may be models as well it is said that nobody knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from decompose.facts import Op
from decompose.linking.engine import Engine
from decompose.linking.libraries.django_options import MODEL, meta_of
from decompose.linking.linked import Linked
from decompose.linking.program import Scope

_OF_MODELS = re.compile(r"(^|\.)models(\.|$)")
_FIELD = re.compile(r"\w(Field|Key)$")
_MODEL = re.compile(r"(^|\.)(Abstract|Base)[A-Z]\w*$|Model(Mixin)?$")
_OPTIONS = frozenset(
    """abstract app_label constraints db_table default_related_name get_latest_by index_together indexes managed proxy
    swappable unique_together""".split()
)
"""What only the ``Meta`` of a model says."""


def why_a_model(engine: Engine, cls: Scope) -> str:
    """Why a class whose bases are out of view is taken for a model; empty where nothing says so."""
    if not _may_be(cls):
        return ""
    for name, ref in cls.facts.names.items():
        for operation in cls.operations_producing(ref):
            called = engine.names.evaluate(cls, operation[2]) if operation[0] == Op.CALL else ()
            for described in (engine.values[value] for value in called):
                if described[0] == "X" and _FIELD.search(described[2]):
                    return f"taken for a model by its {name}, which is of a {described[2].rpartition('.')[2]}"
    meta = meta_of(cls)
    options = sorted(_OPTIONS.intersection(meta.facts.names)) if meta is not None else []
    return f"taken for a model by what its Meta says of {options[0]}" if options else ""


def unknown_models(linked: Linked) -> Iterator[tuple[Scope, str]]:
    """Classes that may be models, each with the base out of view that would tell."""
    for cls in linked.application_classes():
        if _may_be(cls) and not linked.inherits(cls, MODEL):
            for base in linked.names.inheritance.bases(cls):
                described = linked.values[base]
                if described[0] == "X" and described[1] != "builtins" and _MODEL.search(described[2]):
                    yield cls, f"{described[1]}.{described[2]}"
                    break


def _may_be(cls: Scope) -> bool:
    """Whether a class stands among models, in a file that imports Django, or what is named after it."""
    return (
        _OF_MODELS.search(cls.module.name) is not None
        and cls.parent is not None
        and cls.parent.parent is None
        and any(package.partition("_")[0] == "django" for package in cls.module.facts.packages)
    )
