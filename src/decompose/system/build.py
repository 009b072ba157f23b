"""The whole way from a source tree to the model of the monolith."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from functools import partial
from pathlib import Path

from decompose.alongside import Beside, alongside, answer_to
from decompose.facts import Collected, FileFacts, collect_facts
from decompose.facts.collect import garbage_collection_paused
from decompose.linking import Linked, link
from decompose.linking.libraries import BELOW, FILLED, KEPT, LEFT, SHOWN, app_labels
from decompose.linking.rendered import Pages
from decompose.sources import SourceFile, SourceTree
from decompose.sources.reading import read_lenient_text
from decompose.system.accesses.gathering import Accesses
from decompose.system.accesses.loaded import Loaded
from decompose.system.beside_tables import BesideTables, Inside
from decompose.system.calls.arguments import Arguments
from decompose.system.calls.callbacks import Callbacks
from decompose.system.calls.listeners import listener_calls, run_by_what_is_done
from decompose.system.calls.placement import Placement
from decompose.system.limits import limits_of_linking, unreadable
from decompose.system.model import (
    Access,
    Root,
    System,
)
from decompose.system.schema.catalogue import Catalogue
from decompose.system.schema.ddl import read_ddl
from decompose.system.schema.ddl_strings import ddl_in_strings
from decompose.system.schema.merging import schema_differences
from decompose.system.schema.migrated_ddl import ddl_of_migrations
from decompose.system.schema.migrations import schema_of_migrations
from decompose.system.schema.tables import Schema
from decompose.system.source_lines import with_source_lines
from decompose.system.sql.files import SqlFiles
from decompose.system.surroundings.module_stubs import module_stubs
from decompose.system.surroundings.pages import fixture_reader, statement_files, template_reader
from decompose.system.surroundings.wide_columns import wide_tables
from decompose.system.test_code import with_test_code
from decompose.system.transactions.instead import Instead, untouched
from decompose.system.transactions.scopes import Done, Found, transactions_of
from decompose.system.unrouted_views import unrouted_views

Progress = Callable[[str, int, int], None]

WORTH_A_PROCESS = 10_000
"""From how many calls on a second process takes less time than it saves."""
TOO_LARGE = 150_000
"""From how many on it holds more memory than the time is worth: at 210,000, some 600,000 lines, the two need 1.9 GB."""


def build_system(
    tree: SourceTree,
    *,
    cache_folder: Path | None = None,
    jobs: int | None = None,
    executor: Executor | None = None,
    catalogues: Sequence[Catalogue] = (),
    progress: Progress = lambda *_: None,
    collected: Collected | None = None,
    least: int = WORTH_A_PROCESS,
    most: int = TOO_LARGE,
) -> System:
    """Analyse the files of ``tree``. Files that cannot be read or parsed become blind spots.

    ``collected`` are the facts of ``tree.to_parse()``; where they are not given, they are collected here. ``catalogues`` are
    schemas that were given beside the code: dumps, a live database. From ``least`` up to ``most`` calls, once for each way in which
    their function is looked at, part of the model is found by a second process where ``jobs`` and the machine have room for it.
    """
    wanted = tree.to_parse()
    if collected is None:
        collected = collect_facts(
            tree.base, wanted, cache_folder=cache_folder, jobs=jobs, executor=executor, progress=progress
        )
    application = [(f, facts) for f, facts in zip(wanted, collected.facts, strict=True) if f.role == "application"]
    tree = with_test_code(tree, application)
    kept = {file.path for file in tree.to_parse()}
    application = [(f, facts) for f, facts in application if f.path in kept]
    migrations = [(f, facts) for f, facts in zip(wanted, collected.facts, strict=True) if f.role == "migration"]
    with garbage_collection_paused():
        progress("linking", 0, 1)
        pages = template_reader(tree)
        stubs = module_stubs(tree, application)
        files, all_facts = [f for f, _ in application], [facts for _, facts in application]
        linked = link(files, all_facts, tree.declared, pages, stubs, statement_files(tree))
        progress("linking", 1, 1)
        progress("system", 0, 1)
        builder = _Builder(tree, linked, application, migrations, catalogues, pages)
        system = builder.build(jobs, worth_it=least <= len(linked.engine.sites) <= most)
        linked.release()
        progress("system", 1, 1)
    return system


class _Builder:
    def __init__(
        self,
        tree: SourceTree,
        linked: Linked,
        application: Sequence[tuple[SourceFile, FileFacts]],
        migrations: Sequence[tuple[SourceFile, FileFacts]],
        catalogues: Sequence[Catalogue],
        pages: Pages,
    ) -> None:
        self.tree = tree
        self.linked = linked
        self.application = application
        self.migrations = migrations
        self.given = catalogues
        self.pages = pages
        self.placement = Placement(linked)
        self.arguments = Arguments(linked)

    def build(self, jobs: int | None, *, worth_it: bool) -> System:
        schema = Schema(self.linked, self.tree.base)
        catalogues = [*self._ddl(), *self.given]
        for catalogue in catalogues:
            schema.add_catalogue(catalogue)
        self._add_migrations(schema)
        schema.add_targets()
        parts = BesideTables(self.tree, self.linked, self.placement, self.arguments, schema, self.application)
        parts.prepare()
        with alongside(parts, jobs, worth_it=worth_it) as beside:
            return self._build(schema, catalogues, parts, beside)

    def _build(
        self, schema: Schema, catalogues: Sequence[Catalogue], parts: BesideTables, beside: Beside[BesideTables]
    ) -> System:
        asked_inside = beside.ask(BesideTables.find_inside)
        attempt = self.linked.engine.attempt
        loaded = Loaded(self.linked)
        self._add_accesses_of_libraries(loaded)
        files = SqlFiles(self.linked, self.tree.base, self.tree.sql_files)
        accesses = Accesses(self.linked, self.placement, schema, files, loaded, self.arguments)
        defined = attempt(partial(ddl_in_strings, self.linked, accesses.of_text.sql_uses), None)
        if defined is not None:
            schema.add_catalogue(defined)
        found_accesses = accesses.collect()
        inside = answer_to(asked_inside) or parts.find_inside()
        find_told = partial(listener_calls, self.linked, self.placement, schema, found_accesses)
        heard = list(self.linked.engine.safely(find_told))
        told = [listener.call for listener in heard]
        known = {definition.id for definition in inside.definitions}
        tables = schema.finished_tables()
        called = run_by_what_is_done(inside.calls, found_accesses, tables)
        dependencies = [*called, *told, *inside.structure]
        busy = {a.unit for a in found_accesses} | {d.source_unit for d in told} | {d.target_unit for d in told}
        about = tables, wide_tables(schema), busy
        asked_outside = beside.ask(BesideTables.find_outside, *about)
        below = (
            f for find in BELOW for f in self.linked.engine.safely(partial(find, self.linked, self._template_text))
        )
        flushes: list[Access] = attempt(partial(accesses.told_again, found_accesses, inside.calls, below), [])
        every_access = [*found_accesses, *accesses.kept.guessed()]
        done = Done(dependencies, every_access, accesses.kept.locks, inside.entry_points, inside.put_off, heard)
        find_transactions = partial(self._transactions, schema, done, accesses, inside)
        found = attempt(find_transactions, Found([], (), (), ()))
        outside = answer_to(asked_outside) or parts.find_outside(*about)
        blind = [
            *unreadable(self.tree, (*self.application, *self.migrations)),
            *outside.blind_spots,
            *accesses.kept.blind_spots.values(),
            *schema.blind_spots,
            *(spot for catalogue in catalogues for spot in catalogue.blind_spots),
            *dict.fromkeys((*outside.limits, *limits_of_linking(self.linked))),
            *self.linked.engine.safely(partial(unrouted_views, self.linked, inside.entry_points)),
        ]
        system = System(
            name=self.tree.name,
            roots=tuple(Root(path=r.path, packages=r.packages, files=r.files) for r in self.tree.roots),
            files=len(self.application),
            lines=sum(file.lines for file, _ in self.application),
            definitions=tuple(inside.definitions),
            units=tuple(outside.units),
            tables=tables,
            foreign_keys=tuple(
                sorted(schema.keys.values(), key=lambda key: (key.table, key.columns, key.target_table))
            ),
            dependencies=tuple(d for d in dependencies if d.source in known and d.target in known),
            external_calls=tuple(outside.calls),
            accesses=tuple(found_accesses),
            flushes=tuple(flushes),
            alternatives=tuple(accesses.kept.guessed()),
            transactions=tuple(found.transactions),
            narrowed=found.narrowed,
            entered=found.entered,
            handed_over=tuple(h for h in found.handed_over if h.call.source in known and h.call.target in known),
            entry_points=tuple(inside.entry_points),
            stores=tuple(outside.stores),
            store_accesses=tuple(outside.store_accesses),
            blind_spots=tuple(sorted(blind, key=lambda b: (b.kind, b.file, b.line, b.reason, b.definition))),
            call_counts=outside.counts,
            routines=schema.finished_routines(),
            schema_sources=tuple(catalogue.about for catalogue in self.given),
            schema_differences=schema_differences(schema.said_by_code, schema.said_by_database, schema.keys.values()),
            statement_counts=tuple(count for catalogue in self.given for count in catalogue.statement_counts),
            excluded_files=self.tree.excluded(),
            surroundings=outside.surroundings,
        )
        return with_source_lines(self.tree.base, system, {c.file: dict(c.lines) for c in self.given if c.lines})

    def _add_accesses_of_libraries(self, loaded: Loaded) -> None:
        """What pages and fixtures do to tables, and what libraries do with rows themselves; what they leave out is taken away."""
        engine = self.linked.engine
        for shown in SHOWN:
            engine.accesses.update(engine.safely(partial(shown, self.linked, self._template_text, loaded.has)))
            loaded.forget()
        for filled in FILLED:
            engine.accesses.update(filled(self.linked, fixture_reader(self.tree)))
        for left in LEFT:
            engine.accesses.difference_update(engine.safely(partial(left, self.linked)))
        for kept in KEPT:
            engine.accesses.update(engine.safely(partial(kept, self.linked)))

    def _transactions(self, schema: Schema, done: Done, accesses: Accesses, inside: Inside) -> Found:
        find_untouched = partial(untouched, self.placement, accesses.kept.accesses.values())
        instead = Instead(self.linked.engine.attempt(find_untouched, {}), inside.uncalled)
        callbacks = Callbacks(self.linked, self.placement, self.arguments)
        return transactions_of(self.linked, self.placement, callbacks, schema, done, instead)

    def _template_text(self, name: str) -> str | None:
        page = self.pages(name)
        return page.text if page is not None else None

    # Schema from elsewhere

    def _ddl(self) -> Iterator[Catalogue]:
        """What the SQL files of the application define, except those that were given as the schema."""
        given = {catalogue.file for catalogue in self.given}
        for path in self.tree.sql_files:
            if path in given:
                continue
            try:
                text = read_lenient_text(Path(self.tree.base, path))
            except OSError:
                continue
            yield read_ddl(text, path, "ddl")

    def _add_migrations(self, schema: Schema) -> None:
        files, all_facts = [f for f, _ in self.migrations], [facts for _, facts in self.migrations]
        migrated = schema_of_migrations(
            files,
            all_facts,
            settings={"AUTH_USER_MODEL": "auth.User", **self.linked.engine.references.settings()},
            labels=app_labels(self.linked),
            elsewhere=schema.models_of_libraries(),
        )
        from_migrations = migrated.tables
        schema.add_migrated(migrated)
        for catalogue in ddl_of_migrations(files, all_facts, from_migrations):
            schema.add_catalogue(catalogue)
