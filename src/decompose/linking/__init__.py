"""Joining the facts of all files: imports, types, inheritance, and values flowing through the program."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType

from decompose.facts import FileFacts, extract
from decompose.linking import left_out
from decompose.linking.class_templates import add_classes_of_templates
from decompose.linking.effects import functions_with_effect
from decompose.linking.engine import Engine
from decompose.linking.found import FoundColumn, FoundEntry, FoundIndex, FoundKey, FoundTable
from decompose.linking.hierarchy import Hierarchy
from decompose.linking.libraries import (
    ASSUMPTIONS,
    BINDERS,
    CLASS_MAKERS,
    CONTRIBUTORS,
    PREPARATIONS,
    RELATIONS,
    RENDERED,
    UNCALLED,
    load_summaries,
)
from decompose.linking.libraries.brought_models import brought_models, suppose_tables
from decompose.linking.libraries.framework import known_frameworks
from decompose.linking.libraries.own_copies import find_copies
from decompose.linking.libraries.stand_ins import stand_ins, suppose_classes
from decompose.linking.linked import Linked
from decompose.linking.loading import EFFECT, Loading
from decompose.linking.made_classes import add_made_classes
from decompose.linking.names import Names
from decompose.linking.program import Program
from decompose.linking.read_files import give_by_file
from decompose.linking.rendered import NO_PAGES, Pages
from decompose.linking.statement_files import NO_FILES, StatementFiles, give_by_name
from decompose.linking.values import Values
from decompose.linking.wiring import connect
from decompose.sources import DeclaredEntry, SourceFile, roots_told_apart

_ROUNDS = 3
NO_STUBS: Mapping[str, FileFacts] = MappingProxyType({})

__all__ = ["FoundColumn", "FoundEntry", "FoundIndex", "FoundKey", "FoundTable", "Linked", "link"]


def link(
    files: Sequence[SourceFile],
    facts: Sequence[FileFacts],
    declared: Sequence[DeclaredEntry] = (),
    pages: Pages = NO_PAGES,
    stubs: Mapping[str, FileFacts] = NO_STUBS,
    statement_files: StatementFiles = NO_FILES,
) -> Linked:
    """Link the application's files; ``facts`` are in the order of ``files``, ``declared`` are the project's entry points.

    ``pages``: its templates by their names. ``stubs``: what stubs tell of modules that answer by ``__getattr__``.
    ``statement_files``: its files of SQL.
    """
    program = Program()
    apart = roots_told_apart(files)
    for file, file_facts in zip(files, facts, strict=True):
        module = program.add(file.module, file.path, file_facts, is_package=file.is_package)
        if module is not None and file.alias:
            program.also_called(module, file.alias)
        if module is not None:
            module.apart = apart.get(file.root, "")
    find_copies(program)
    imported = program.imported()
    in_view = _first_names(program)
    brought, standing_in = brought_models(facts, in_view), stand_ins(facts, in_view)
    told = {**brought, **standing_in}
    derived = {name: extract(ast.parse(text)) for name, text in told.items()}
    imported = imported.union(*(summary.packages for summary in derived.values()))
    for name, summary in (*load_summaries(imported), *derived.items()):
        program.add(name, "", summary, is_package=False, library=True)
    for name, stub in stubs.items():
        program.add_stub(name, stub)
    program.link_star_imports()
    add_made_classes(program)
    add_classes_of_templates(program)
    for add_classes in CLASS_MAKERS:
        add_classes(program)
    values = Values()
    builtins = program.by_name.get("builtins")
    if builtins is not None:
        values.plain_containers.update(scope.index for scope in builtins.scopes)
    own = program.by_name.get("decompose")
    if own is not None and own.library:
        values.kind = next((scope.index for scope in own.scopes if scope.facts.name == "Kind"), -1)
    names = Names(program, values)
    # Swappable classes are decided before any class is looked up.
    engine = Engine(program, values, names)
    suppose_tables(program, engine, brought.keys() - standing_in.keys())
    suppose_classes(program, engine, standing_in)
    for prepare in PREPARATIONS:
        prepare(program, engine)
    engine.declared = tuple(declared)
    loading = Loading(program, names, engine.references)
    loading.find_loaders(set(functions_with_effect(engine, EFFECT)))
    names.forget()  # what was looked up so far did not know of loaded classes
    names.loading = engine.loading = loading
    for bind in BINDERS:
        bind(program, engine)
    program.pages = pages
    program.statement_files = statement_files
    for follow in RENDERED:
        engine.attempt(partial(follow, program, names, pages), None)
    engine.hierarchy = engine.relations.hierarchy = Hierarchy(program, values, names)
    engine.relating.extend(RELATIONS)
    engine.contributors.extend(CONTRIBUTORS)
    engine.link()
    looked_at = [*(look(engine) for look in UNCALLED), give_by_name(engine), give_by_file(engine)]
    if any(looked_at):
        engine.settle()
    proved = set(engine.accesses)
    engine.store_uses.proved = len(engine.store_uses.found)
    assumed = [assume(engine) for assume in ASSUMPTIONS]
    if any(assumed):
        engine.settle()
        engine.assumed = engine.accesses - proved
    linked = _wired(engine, imported)
    engine.carry_saturation()
    linked.left_short = left_out.functions(engine)
    engine.forget_ways()
    return linked


def _first_names(program: Program) -> frozenset[str]:
    """The first names of all modules in view."""
    return frozenset(name.partition(".")[0] for name in program.by_name)


def _wired(engine: Engine, imported: frozenset[str]) -> Linked:
    """The program with what frameworks make run; what one wire brings to light may lead to another."""
    used = [framework for framework in known_frameworks() if framework.is_used_by(imported)]
    finders = [find for framework in used for find in framework.wires]
    once = [find for framework in used for find in framework.fixed_wires]
    linked = Linked(engine)
    for _ in range(_ROUNDS if finders or once else 0):
        found = [wire for find in (*once, *finders) for wire in engine.safely(partial(find, linked))]
        once = []
        if not connect(engine, found):
            break
        engine.settle()
        linked = Linked(engine)
    return linked
