"""Forms, serializers, schemas and generic views work on the model that a name in their body gives; it is their type argument."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.engine import Engine
from decompose.linking.program import Program, Scope

_MODELS = (("django.db.models", "Model"), ("sqlalchemy.orm", "DeclarativeBase"))
_NAMED_IN = "__model_named_in__"
_MAX_STEPS = 12


def bind_named_models(program: Program, engine: Engine) -> None:
    """Complete the bases of classes, before anything else looks at them."""
    models = [
        scope
        for module, name in _MODELS
        for scope in (program.by_name[module].scopes if module in program.by_name else ())
        if scope.facts.qualname == name
    ]
    if models:
        binder = _Binder(program, engine, models)
        for cls in program.classes():
            if not cls.library:
                binder.bind(cls)


def ancestors(program: Program, engine: Engine, cls: Scope) -> list[Scope]:
    """A class and all above it, in no particular order, before there is a hierarchy."""
    found, stack = [cls], [cls]
    while stack:
        for base in engine.names.bases(stack.pop()):
            description = engine.values[base]
            if description[0] == "C" and (scope := program.scopes[description[1]]) not in found:
                found.append(scope)
                stack.append(scope)
    return found


class _Binder:
    def __init__(self, program: Program, engine: Engine, models: list[Scope]) -> None:
        self.program = program
        self.engine = engine
        self.models = models
        self._names: dict[int, tuple[str, ...]] = {}
        self._nested: dict[int, Scope] = {}
        for scope in program.scopes:
            if scope.facts.name == "Meta" and scope.parent is not None and not scope.library:
                self._nested[scope.parent.index] = scope

    def _ancestors(self, cls: Scope) -> list[Scope]:
        return ancestors(self.program, self.engine, cls)

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
            if not set(self.models).isdisjoint(self._ancestors(cls)):
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
