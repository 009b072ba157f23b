"""Forms, serializers, schemas and generic views work on the model that a name in their body gives; it is their type argument."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.engine import Engine
from decompose.linking.libraries.admin_pages import admin_page, registrations
from decompose.linking.program import Program, Scope
from decompose.linking.values import Types, Value

_MODELS = (("django.db.models", "Model"), ("sqlalchemy.orm", "DeclarativeBase"))
_NAMED_IN = "__model_named_in__"
_FORM_NAMED_IN = "__form_named_in__"
_GIVEN_AS = "__model_given_as__"
_LIKE_OTHERS = "__named_by_others__"
"""Says of a class, such as a mixin, that it works on what another base of the same class finds by names."""
_MAX_STEPS = 12
_MAX_ASKED = 200
"""So many expressions are asked for what they give before a method is left unknown."""


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
        binder.bind_by_calls()


def ancestors(program: Program, engine: Engine, cls: Scope) -> list[Scope]:
    """A class and all above it, in no particular order, before there is a hierarchy."""
    found, stack = {cls.index: cls}, [cls]
    while stack:
        for base in engine.names.inheritance.bases(stack.pop()):
            description = engine.values[base]
            if description[0] == "C" and description[1] not in found:
                scope = found[description[1]] = program.scopes[description[1]]
                stack.append(scope)
    return list(found.values())


class _Binder:
    def __init__(self, program: Program, engine: Engine, models: list[Scope]) -> None:
        self.program = program
        self.engine = engine
        self.models = models
        self._names: dict[tuple[int, str], tuple[str, ...]] = {}
        forms = program.by_name.get("django.forms")
        self.model_form = next((s for s in forms.scopes if s.facts.qualname == "ModelForm"), None) if forms else None
        self._nested: dict[int, Scope] = {}
        self._followed: set[int] = set()
        """Functions that were asked for what they return, since the last question: each is asked once."""
        for scope in program.scopes:
            if scope.facts.name == "Meta" and scope.parent is not None and not scope.library:
                self._nested[scope.parent.index] = scope

        self.page = admin_page(program)
        self._registered: dict[int, list[Scope]] = {}
        for index, classes in registrations(program, engine) if self.page is not None else ():
            self._registered.setdefault(index, []).extend(c for c in classes if self._is_model(c))

    def _is_model(self, cls: Scope) -> bool:
        return not set(self.models).isdisjoint(self._ancestors(cls))

    def _ancestors(self, cls: Scope) -> list[Scope]:
        return ancestors(self.program, self.engine, cls)

    def bind(self, cls: Scope) -> None:
        """Give the bases of a class the model and the form that it names as their type arguments."""
        in_models, in_forms = self._named_in(cls, _NAMED_IN), self._named_in(cls, _FORM_NAMED_IN)
        self._followed.clear()
        holders = list(self._holders(cls)) if in_models or in_forms else []
        named = (m for name in in_models for holder in holders for m in self._models(holder, name, _MAX_STEPS))
        models = self._registered.get(cls.index) or list(islice(named, 1))
        forms = self._named_forms(holders, in_forms)
        models = models or self._model_of_all(forms if in_models else [])
        if not models and not forms:
            return
        instance = self.engine.values.instance
        of_model = tuple(dict.fromkeys(instance(model.index) for model in models))
        of_form = tuple(instance(form.index) for form in forms)
        if not of_form and in_forms and self.model_form is not None and not self._has_own(cls, in_forms):
            of_form = (instance(self.model_form.index, (of_model,)),)
        given = (of_model, of_form) if of_form else (of_model,)
        self._give(cls, given, _NAMED_IN, _FORM_NAMED_IN)
        if self._registered.get(cls.index) and self.page is not None and self.page not in self._ancestors(cls):
            page = self.engine.values.intern("C", self.page.index, given)
            self.engine.names.inheritance.rebase(cls, (*self.engine.names.inheritance.bases(cls), page))

    def bind_by_calls(self) -> None:
        """Classes that work on the model of what their objects are made with, in an argument of the name that they say."""
        waiting = {
            cls.index: names
            for cls in self.program.classes()
            if not cls.library and (names := self._named_in(cls, _GIVEN_AS))
        }
        named = {name for names in waiting.values() for name in names}
        found: dict[int, dict[Value, None]] = {}
        for scope in self.program.scopes if waiting else ():
            for operation in scope.facts.ops if not scope.library else ():
                given = [o for o in operation[4] if o[0] in named] if operation[0] == Op.CALL and operation[4] else []
                for value in self.engine.names.evaluate(scope, operation[2]) if given else ():
                    description = self.engine.values[value]
                    names = waiting.get(description[1], ()) if description[0] == "C" else ()
                    for ref in (ref for name, ref in given if name in names):
                        self._followed.clear()
                        models = islice(self._behind(scope, ref, _MAX_STEPS), 1)
                        instances = (self.engine.values.instance(model.index) for model in models)
                        found.setdefault(description[1], {}).update(dict.fromkeys(instances))
        for index, values in sorted(found.items()):
            if values:
                self._give(self.program.scopes[index], (tuple(values),), _GIVEN_AS)

    def _give(self, cls: Scope, given: tuple[Types, ...], *told: str) -> None:
        """Make this the type arguments of those bases of a class that say ``told``."""
        bases = []
        for base in self.engine.names.inheritance.bases(cls):
            description = self.engine.values[base]
            scope = self.program.scopes[description[1]] if description[0] == "C" and not description[2] else None
            leads = scope is not None and (
                any(self._named_in(scope, name) for name in told) or self._is_named_by_others(scope)
            )
            bases.append(self.engine.values.intern("C", description[1], given) if leads else base)
        self.engine.names.inheritance.rebase(cls, tuple(bases))

    def _is_named_by_others(self, cls: Scope) -> bool:
        return any(_LIKE_OTHERS in ancestor.facts.names for ancestor in self._ancestors(cls) if ancestor.library)

    def _leads(self, cls: Scope) -> bool:
        """Whether a class finds what it works on by names in its body: such a class is bound by itself."""
        return bool(self._named_in(cls, _NAMED_IN) or self._named_in(cls, _FORM_NAMED_IN))

    def _holders(self, cls: Scope) -> Iterator[Scope]:
        """The class, and the plain classes whose names it has before those of any class that is bound by itself."""
        seen: dict[int, None] = {}
        waiting = [cls]
        while waiting:
            current = waiting.pop()
            if current.index in seen:
                continue
            seen[current.index] = None
            yield current
            plain: list[Scope] = []
            for base in self.engine.names.inheritance.bases(current):
                description = self.engine.values[base]
                scope = self.program.scopes[description[1]] if description[0] == "C" else None
                if scope is not None and self._leads(scope):
                    break
                if scope is not None and not scope.library:
                    plain.append(scope)
            waiting += reversed(plain)

    def _has_own(self, cls: Scope, names: tuple[str, ...]) -> bool:
        """Whether a form is told by the class or one above it, but not which."""
        own = [ancestor for ancestor in self._ancestors(cls) if not ancestor.library]
        return any(name in ancestor.facts.names for ancestor in own for name in names)

    def _named_forms(self, holders: list[Scope], names: tuple[str, ...]) -> list[Scope]:
        """The forms or serializers that a class names: all among which a method of it chooses, else the first that an attribute gives."""
        chosen: dict[int, Scope] = {}
        given: list[Scope] = []
        for name in names:
            for holder in (holder for holder in holders if name in holder.facts.names):
                function = self._function(holder, holder.facts.names[name])
                for returned in function.facts.returns if function is not None else ():
                    found = self._forms(holders, function, returned, set())
                    chosen.update((form.index, form) for form in found)
                given += () if function is not None else self._classes(holder, holder.facts.names[name])
        return list(chosen.values()) or given[:1]

    def _model_of_all(self, forms: list[Scope]) -> list[Scope]:
        """The model that each of some forms is of, if it is one."""
        found: dict[int, Scope] = {}
        for form in forms:
            of_form = (
                m for a in self._ancestors(form) if not a.library for m in self._models(a, "Meta.model", _MAX_STEPS)
            )
            found.update((model.index, model) for model in islice(of_form, 1))
        return list(found.values()) if len(found) == 1 else []

    def _classes(self, scope: Scope, ref: Ref) -> list[Scope]:
        """The application's classes that an expression names."""
        described = (self.engine.values[value] for value in self.engine.names.evaluate(scope, ref))
        found = (self.program.scopes[d[1]] for d in described if d[0] == "C")
        return [cls for cls in found if not cls.library]

    def _forms(
        self, holders: list[Scope], scope: Scope | None, ref: Ref, asked: set[tuple[int, int]]
    ) -> Iterator[Scope]:
        """The classes that an expression may give, also out of a dictionary, or by an attribute of ``self``."""
        if scope is None or type(ref) is not int or ref < 0 or (scope.index, ref) in asked or len(asked) > _MAX_ASKED:
            return
        asked.add((scope.index, ref))
        yield from self._classes(scope, ref)
        own = scope.facts.parameters[0][1] if scope.is_method and scope.facts.parameters else None
        for operation in scope.operations_producing(ref):
            match operation[0]:
                case Op.ATTRIBUTE if operation[2] == own or operation[3] == scope.facts.name:
                    # The library's own method gives the attribute of its name.
                    name = operation[3].removeprefix("get_") if operation[3] == scope.facts.name else operation[3]
                    holder = next((each for each in holders if name in each.facts.names), None)
                    if holder is not None:
                        yield from self._forms(holders, holder, holder.facts.names[name], asked)
                case Op.CALL:
                    for inner in (operation[2], *operation[3]):
                        yield from self._forms(holders, scope, inner, asked)
                case Op.COPY | Op.ITEM | Op.ATTRIBUTE | Op.ITERATE | Op.NARROW:
                    yield from self._forms(holders, scope, operation[2], asked)
                case Op.CONTAINER:
                    for inner in operation[3]:
                        yield from self._forms(holders, scope, inner, asked)

    def _named_in(self, cls: Scope, told: str) -> tuple[str, ...]:
        """The names in whose values a class of a library says, by its attribute ``told``, that it finds what it works on."""
        known = self._names.get((cls.index, told))
        if known is None:
            found: dict[str, None] = {}
            for ancestor in self._ancestors(cls):
                text = ancestor.facts.names.get(told) if ancestor.library else None
                found.update(dict.fromkeys(text.split()) if isinstance(text, str) else {})
            known = self._names[cls.index, told] = tuple(found)
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
            if description[0] == "F" and description[1] not in self._followed:
                self._followed.add(description[1])
                function: Scope = self.program.scopes[description[1]]
                for returned in function.facts.returns if not function.library else ():
                    yield from self._behind(function, returned, steps - 1)
            cls = self.program.scopes[description[1]] if description[0] in ("C", "I") else None
            if cls is None or cls in self.models:
                continue
            if self._is_model(cls):
                yield cls
                return
            if cls.library:
                continue
            for ancestor in self._ancestors(cls):
                found = list(self._models(ancestor, "Meta.model", steps - 1)) if not ancestor.library else []
                if found:
                    yield found[0]
                    return
        for operation in scope.operations_producing(ref):
            if operation[0] in (Op.CALL, Op.ATTRIBUTE, Op.COPY):
                yield from self._behind(scope, operation[2], steps - 1)
