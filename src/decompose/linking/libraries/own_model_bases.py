"""Bases of models that whoever makes them is given: ``db = SQLAlchemy(model_class=Base)``, then ``class Order(db.Model)``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from decompose.facts import Op, ScopeKind
from decompose.facts.records import Ref
from decompose.linking.engine import Engine
from decompose.linking.linked import Linked
from decompose.linking.program import Module, Program, Scope
from decompose.linking.values import Types, Value
from decompose.made_once import made_once

_PACKAGE, _MODEL, _GIVEN = "flask_sqlalchemy", "Model", "model_class"
_MAX_STEPS = 10
_Call = tuple[Scope, list[Any]]


def bind_own_bases(program: Program, engine: Engine) -> None:
    """Let each model inherit from the base that its own maker was given, before anything else looks at it."""
    if not any(_PACKAGE in module.facts.packages for module in program.modules if not module.library):
        return
    for cls in list(program.classes()):
        if not cls.library and cls.parent is not None:
            given = tuple(dict.fromkeys(_given(program, engine, cls, cls.parent)))
            bases = engine.names.inheritance.bases(cls) if given else ()
            if not set(given) <= set(bases):
                engine.names.inheritance.rebase(cls, _with(engine, bases, given))


def is_given_as_base(linked: Linked, cls: Scope) -> bool:
    """Whether a maker of models is given a class as their base, which is no model itself then."""
    return cls.index in _given_anywhere(linked)


@made_once
def _given_anywhere(linked: Linked) -> frozenset[int]:
    found: set[int] = set()
    for module in linked.program.modules:
        for scope in module.scopes if _PACKAGE in module.facts.packages and not module.library else ():
            given = (ref for o in scope.facts.ops if o[0] == Op.CALL for keyword, ref in o[4] if keyword == _GIVEN)
            described = (linked.values[value] for ref in given for value in linked.names.evaluate(scope, ref))
            found |= {d[1] for d in described if d[0] == "C"}
    return frozenset(found)


def _with(engine: Engine, bases: Types, given: Types) -> Types:
    """The bases with those that were given in front of the library's own, behind what mixes in before it."""
    described = [engine.values[base] for base in bases]
    own = (at for at, d in enumerate(described) if d[0] == "C" and engine.program.scopes[d[1]].library)
    at = next((at for at in own if engine.program.scopes[described[at][1]].facts.name == _MODEL), len(bases))
    return tuple(dict.fromkeys((*bases[:at], *given, *bases[at:])))


def _given(program: Program, engine: Engine, cls: Scope, around: Scope) -> Iterator[Value]:
    """The classes that those were given who made what a class inherits from."""
    for ref in cls.facts.bases:
        for of, name in around.attributes_read(ref):
            scope, call = _maker(program, engine, around, of) if name == _MODEL else (around, [])
            for keyword, base in call[4] if call else ():
                values = engine.names.evaluate(scope, base) if keyword == _GIVEN else ()
                yield from (value for value in values if engine.values[value][0] == "C")


def _maker(program: Program, engine: Engine, scope: Scope, ref: Ref) -> _Call:
    """The call that made what a name stands for, however it was imported; empty for anything else."""
    for _ in range(_MAX_STEPS):
        operation = next(iter(scope.operations_producing(ref)), None)
        step: tuple[Scope, Ref] | None = None
        match operation:
            case [Op.CALL, *_]:
                return scope, operation
            case [Op.COPY, _, copied, *_]:
                step = scope, copied
            case [Op.FREE, _, name, *_]:
                around = scope.parent if scope.facts.kind != ScopeKind.MODULE else scope
                while around is not None and (around.facts.kind == ScopeKind.CLASS or name not in around.facts.names):
                    around = around.parent
                bound = around.facts.names[name] if around is not None else None
                step = (around, bound) if around is not None else _exported(program, scope.module, name)
            case [Op.FROM, _, module_name, level, name, *_]:
                module = program.by_name.get(program.absolute_name(scope.module, module_name, level))
                step = _exported(program, module, name) if module is not None else None
            case [Op.ATTRIBUTE, _, of, name, *_]:
                described = (engine.values[value] for value in engine.names.evaluate(scope, of))
                modules = [program.modules[d[1]] for d in described if d[0] == "M"]
                step = _exported(program, modules[0], name) if modules else None
        if step is None:
            break
        scope, ref = step
    return scope, []


def _exported(program: Program, module: Module, name: str) -> tuple[Scope, Ref] | None:
    holder = program.exporting_module(module, name)
    return (holder.top, holder.top.facts.names[name]) if holder is not None else None
