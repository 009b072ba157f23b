"""Joining the facts of all files: imports, types, inheritance, and values flowing through the program."""

from __future__ import annotations

from collections.abc import Sequence

from decompose.facts import FileFacts
from decompose.linking.calls import tell_passed_outside
from decompose.linking.engine import Engine
from decompose.linking.hierarchy import Hierarchy
from decompose.linking.libraries import ASSUMPTIONS, BINDERS, CONTRIBUTORS, PREPARATIONS, load_summaries
from decompose.linking.library_calls import functions_with_effect
from decompose.linking.linked import FoundEntry, FoundKey, FoundTable, Linked
from decompose.linking.loading import EFFECT, Loading
from decompose.linking.names import Names
from decompose.linking.program import Program
from decompose.linking.values import Values
from decompose.sources import SourceFile

__all__ = ["FoundEntry", "FoundKey", "FoundTable", "Linked", "link"]


def link(files: Sequence[SourceFile], facts: Sequence[FileFacts]) -> Linked:
    """Link the application's files; ``facts`` are in the order of ``files``."""
    program = Program()
    for file, file_facts in zip(files, facts, strict=True):
        module = program.add(file.module, file.path, file_facts, is_package=file.is_package)
        if module is not None and file.alias:
            program.also_called(module, file.alias)
    for name, summary in load_summaries():
        program.add(name, "", summary, is_package=False, library=True)
    program.link_star_imports()
    values = Values()
    builtins = program.by_name.get("builtins")
    if builtins is not None:
        values.plain_containers.update(scope.index for scope in builtins.scopes)
    names = Names(program, values)
    # Swappable classes are decided before any class is looked up.
    engine = Engine(program, values, names)
    for prepare in PREPARATIONS:
        prepare(program, engine)
    loading = Loading(program, names, engine.references)
    loading.find_loaders(set(functions_with_effect(engine, EFFECT)))
    names.forget()  # what was looked up so far did not know of loaded classes
    names.loading = engine.loading = loading
    for bind in BINDERS:
        bind(program, engine)
    engine.hierarchy = engine.relations.hierarchy = Hierarchy(program, values, names)
    engine.contributors.extend(CONTRIBUTORS)
    engine.link()
    proved = set(engine.accesses)
    assumed = [assume(engine) for assume in ASSUMPTIONS]
    if any(assumed):
        engine.settle()
        engine.assumed = engine.accesses - proved
        tell_passed_outside(engine)
    return Linked(engine)
