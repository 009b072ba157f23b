"""Copies of a library inside of an application: ``from shop.vendor.bottle import Bottle``.

Calls lead into the copy, as into all code in view. What its classes mean is what the summary tells of the library's, from which they
are taken to inherit, behind all that they define.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from decompose.facts import ScopeKind
from decompose.facts.records import ScopeFacts
from decompose.linking.engine import Engine
from decompose.linking.libraries.summaries import facts_of_summary, summarised_modules
from decompose.linking.program import Module, Program, Scope

_SHARE = 0.75
"""A copy binds at least so many of the names that a summary tells of, which need not be of the same version."""


def find_copies(program: Program) -> None:
    """Note the modules that are named like a library, behind names of the application, and bind its names."""
    summarised = summarised_modules()
    for module in program.modules:
        parts = module.name.split(".")
        for start in range(1, len(parts)):
            library = ".".join(parts[start:])
            if library in summarised and parts[start] not in sys.stdlib_module_names and _binds(module, library):
                program.copies[module] = library
                break


def inherit_from_copied(program: Program, engine: Engine) -> None:
    """Let the classes of each copy inherit from those of the library."""
    for module, name in program.copies.items():
        library = program.by_name.get(name)
        for original in library.scopes if library is not None and library.library else ():
            if original.facts.parent == 0 and original.facts.kind == ScopeKind.CLASS:
                for cls in _classes(program, engine, module, original.facts.name):
                    if _is_like(cls, original):
                        bases = engine.names.inheritance.bases(cls)
                        engine.names.inheritance.rebase(cls, (*bases, engine.values.intern("C", original.index, ())))
                        program.copied[cls.index] = original.definition


def _binds(module: Module, library: str) -> bool:
    """Whether a module binds the classes of a library, and most of the names that its summary tells of."""
    public = [s for s in facts_of_summary(library).scopes if s.parent == 0 and not s.name.startswith("_")]
    classes = {scope.name for scope in public if scope.kind == ScopeKind.CLASS}
    bound = module.top.facts.names.keys()
    names = {scope.name for scope in public}
    return bool(classes) and classes <= bound and len(names & bound) >= _SHARE * len(names)


def _classes(program: Program, engine: Engine, module: Module, name: str) -> Iterator[Scope]:
    """The class that a copy has under a name, in the module itself or one below it."""
    holder = program.exporting_module(module, name)
    if holder is None:
        return
    for value in engine.names.evaluate(holder.top, holder.top.facts.names[name]):
        described = engine.values[value]
        cls = program.scopes[described[1]] if described[0] == "C" else None
        if cls is not None and not cls.library and f"{cls.module.name}.".startswith(f"{module.name}."):
            yield cls


def _is_like(cls: Scope, original: Scope) -> bool:
    """Whether a class has a method of its own by the name of one of a library's class."""
    return not _methods(cls.facts).isdisjoint(_methods(original.facts))


def _methods(facts: ScopeFacts) -> set[str]:
    return {name for name in facts.names if not name.startswith("_")}
