"""What Django's classes say about their models without a base class or a type argument that tells it.

A class with fields of Django's is a model even where its base is of a package that is not in view. Forms, serializers
and generic views work on the model that a name in their body gives; that model is their type argument.
"""

from __future__ import annotations

from collections.abc import Iterator

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.engine import Engine
from decompose.linking.program import Program, Scope
from decompose.linking.values import Value

_MODELS = "django.db.models"
_NAMED_IN = "__model_named_in__"
_MAX_STEPS = 12


def bind_models(program: Program, engine: Engine) -> None:
    """Complete the bases of classes, before anything else looks at them."""
    library = program.by_name.get(_MODELS)
    model = next((s for s in library.scopes if s.facts.qualname == "Model"), None) if library is not None else None
    if model is None:
        return
    binder = _Binder(program, engine, model)
    classes = [cls for cls in program.classes() if not cls.library]
    for cls in classes:
        binder.adopt(cls)
    for cls in classes:
        binder.bind(cls)


class _Binder:
    def __init__(self, program: Program, engine: Engine, model: Scope) -> None:
        self.program = program
        self.engine = engine
        self.model = model
        self._names: dict[int, tuple[str, ...]] = {}
        self._nested: dict[int, Scope] = {}
        for scope in program.scopes:
            if scope.facts.name == "Meta" and scope.parent is not None and not scope.library:
                self._nested[scope.parent.index] = scope

    def adopt(self, cls: Scope) -> None:
        """A class with fields whose base is not in view is a model."""
        names = self.engine.names
        bases = names.bases(cls)
        described = [self.engine.values[base] for base in bases]
        if any(d[0] == "X" and d[1] != "builtins" for d in described) and self._has_fields(cls):
            inherited = (s for d in described if d[0] == "C" for s in self._ancestors(self.program.scopes[d[1]]))
            if self.model not in inherited:
                names.rebase(cls, (*bases, self.engine.values.intern("C", self.model.index, ())))

    def _has_fields(self, cls: Scope) -> bool:
        for ref in cls.facts.names.values():
            for operation in cls.operations_producing(ref) if type(ref) is int else ():
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
            s.module.name == _MODELS and s.facts.name == "Field" for s in self._ancestors(scope)
        )

    def _ancestors(self, cls: Scope) -> list[Scope]:
        found, stack = [cls], [cls]
        while stack:
            for base in self.engine.names.bases(stack.pop()):
                description = self.engine.values[base]
                if description[0] == "C" and (scope := self.program.scopes[description[1]]) not in found:
                    found.append(scope)
                    stack.append(scope)
        return found

    def bind(self, cls: Scope) -> None:
        """Give the bases of a class the model that it names as their type argument."""
        names = self._named_in(cls)
        if not names:
            return
        model = next((model for name in names for model in self._models(cls, name, _MAX_STEPS)), None)
        if model is None:
            return
        given = ((self.engine.values.instance(model.index),),)
        bases = []
        for base in self.engine.names.bases(cls):
            description = self.engine.values[base]
            leads = description[0] == "C" and not description[2] and self._named_in(self.program.scopes[description[1]])
            bases.append(self.engine.values.intern("C", description[1], given) if leads else base)
        self.engine.names.rebase(cls, tuple(bases))

    def _named_in(self, cls: Scope) -> tuple[str, ...]:
        known = self._names.get(cls.index)
        if known is None:
            found: dict[str, None] = {}
            for ancestor in self._ancestors(cls):
                text = ancestor.facts.names.get(_NAMED_IN) if ancestor.library else None
                found.update(dict.fromkeys(text.split()) if isinstance(text, str) else {})
            known = self._names[cls.index] = tuple(found)
        return known

    def _models(self, cls: Scope, path: str, steps: int) -> Iterator[Scope]:
        """The models that a name in the body of a class gives."""
        holder: Scope | None = cls
        head, _, rest = path.partition(".")
        if rest:
            holder, head = self._nested.get(cls.index), rest
        ref = holder.facts.names.get(head) if holder is not None else None
        if holder is None or ref is None or not steps:
            return
        function = self._function(holder, ref)
        if function is not None:
            for returned in function.facts.returns:
                yield from self._behind(function, returned, steps)
            return
        yield from self._behind(holder, ref, steps)

    def _function(self, scope: Scope, ref: Ref) -> Scope | None:
        for value in self.engine.names.evaluate(scope, ref):
            description = self.engine.values[value]
            if description[0] == "F":
                found: Scope = self.program.scopes[description[1]]
                return found
        return None

    def _behind(self, scope: Scope, ref: Ref, steps: int) -> Iterator[Scope]:
        """The model that a query begins with, or that a form or a serializer is of."""
        if not steps:
            return
        for value in self.engine.names.evaluate(scope, ref):
            description = self.engine.values[value]
            cls = self.program.scopes[description[1]] if description[0] in ("C", "I") else None
            if cls is None or cls.library:
                continue
            if self.model in self._ancestors(cls):
                yield cls
                return
            for ancestor in self._ancestors(cls):
                found = list(self._models(ancestor, "Meta.model", steps - 1)) if not ancestor.library else []
                if found:
                    yield found[0]
                    return
        for operation in scope.operations_producing(ref) if type(ref) is int else ():
            if operation[0] in (Op.CALL, Op.ATTRIBUTE, Op.COPY):
                yield from self._behind(scope, operation[2], steps - 1)
