"""Classes with fields of Django's are models even where their base is of a package that is not in view.

Managers, querysets, serializers of models, generic views and the pages inside of the admin's are known by the name of such a base.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from decompose.facts import Op
from decompose.linking.engine import Engine
from decompose.linking.libraries.named_models import ancestors
from decompose.linking.libraries.supposed_models import why_a_model
from decompose.linking.program import Program, Scope
from decompose.linking.values import Value

_MODELS = "django.db.models"
_OTHERS = ("rest_framework.serializers", "django.views.generic", "django.contrib.admin")
_KINDS = (
    *("Manager", "QuerySet", "ModelSerializer"),
    *("DetailView", "ListView", "CreateView", "UpdateView", "DeleteView", "FormView", "TemplateView"),
    *("TabularInline", "StackedInline"),
)
_BETWEEN = {"TabularInline": r"Tabular\w*Inline", "StackedInline": r"Stacked\w*Inline"}
"""What such bases are called, where words may stand inside of the name (``StackedPolymorphicInline``)."""
_NAMED_LIKE = {
    kind: re.compile(rf"{_BETWEEN.get(kind, kind)}(\.from_queryset)?(\(\)(\.__class__)?)*$") for kind in _KINDS
}


def bind_models(program: Program, engine: Engine) -> None:
    """Complete the bases of classes, before anything else looks at them."""
    library = program.by_name.get(_MODELS)
    model = next((s for s in library.scopes if s.facts.qualname == "Model"), None) if library is not None else None
    if model is not None:
        adopter = _Adopter(program, engine, model)
        for cls in program.classes():
            if not cls.library:
                adopter.adopt(cls)
            program.stored_attributes.update(_relations_to_many(cls))


def _relations_to_many(cls: Scope) -> Iterator[str]:
    """The names of relations that give a manager, also to the code of modules, which is linked before the relations are known."""
    for name, ref in cls.facts.names.items():
        for operation in cls.operations_producing(ref):
            if operation[0] == Op.CALL and type(operation[2]) is int:
                written = {str(o[2]) for o in cls.operations_producing(operation[2]) if o[0] == Op.FREE}
                written |= {str(o[3]) for o in cls.operations_producing(operation[2]) if o[0] == Op.ATTRIBUTE}
                if any(kind.endswith("ManyToManyField") for kind in written):
                    yield name


def _is_of_queries(module: str, name: str) -> bool:
    """Whether a class out of view is one that Django puts queries together of (``Transform``), which may have a field as well."""
    return module.startswith("django.db.") and not name.endswith("Model")


class _Adopter:
    def __init__(self, program: Program, engine: Engine, model: Scope) -> None:
        self.program = program
        self.engine = engine
        self.model = model
        others = [module for name in _OTHERS if (module := program.by_name.get(name)) is not None]
        known = (scope for module in (model.module, *others) for scope in module.scopes)
        self.kinds = {s.facts.qualname: s for s in known if s.facts.qualname in _KINDS}

    def adopt(self, cls: Scope) -> None:
        """A class with fields whose base is not in view is a model; managers, serializers and views are known by the base's name."""
        names = self.engine.names
        bases = names.inheritance.bases(cls)
        described = [self.engine.values[base] for base in bases]
        for kind, made in self.kinds.items():
            if any(d[0] == "X" and _NAMED_LIKE[kind].search(d[2]) for d in described):
                known = (self.program.scopes[d[1]] for d in described if d[0] == "C")
                if not any(made in ancestors(self.program, self.engine, scope) for scope in known):
                    names.inheritance.rebase(cls, (*bases, self.engine.values.intern("C", made.index, ())))
                return
        if not any(d[0] == "X" and d[1] != "builtins" and not _is_of_queries(d[1], d[2]) for d in described):
            return
        supposed = "" if self._has_fields(cls) else why_a_model(self.engine, cls)
        if supposed or self._has_fields(cls):
            inherited = (
                s
                for d in described
                if d[0] == "C"
                for s in ancestors(self.program, self.engine, self.program.scopes[d[1]])
            )
            if self.model not in inherited:
                made = next(s for s in self.model.module.scopes if s.facts.qualname == "OutsideModel")
                names.inheritance.rebase(cls, (*bases, self.engine.values.intern("C", made.index, ())))
                if supposed:
                    self.engine.supposed[cls.index] = supposed

    def _has_fields(self, cls: Scope) -> bool:
        for ref in cls.facts.names.values():
            for operation in cls.operations_producing(ref):
                if operation[0] == Op.CALL and any(
                    self._is_field(value) for value in self.engine.names.evaluate(cls, operation[2])
                ):
                    return True
        return False

    def _is_field(self, value: Value) -> bool:
        description = self.engine.values[value]
        if description[0] != "C":
            return False
        scope = self.program.scopes[description[1]]
        return scope.library and any(
            s.module.name == _MODELS and s.facts.name == "Field" for s in ancestors(self.program, self.engine, scope)
        )
