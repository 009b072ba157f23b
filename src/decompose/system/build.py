"""The whole way from a source tree to the model of the monolith."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from typing import cast

import msgspec

from decompose import defects
from decompose.facts import HOLE, Collected, FileFacts, Op, ScopeKind, collect_facts
from decompose.facts.collect import garbage_collection_paused
from decompose.linking import Linked, link
from decompose.linking.hierarchy import MAX_ANCESTORS
from decompose.linking.libraries import BELOW, ENTRY_POINTS, FILLED, SHOWN, app_labels
from decompose.linking.libraries.unread import unread_frameworks
from decompose.linking.program import Scope
from decompose.sources import SourceFile, SourceTree, decode
from decompose.system.accesses.gathering import Accesses
from decompose.system.accesses.loaded import Loaded
from decompose.system.calls.callbacks import Callbacks
from decompose.system.calls.dependencies import calls_of
from decompose.system.calls.placement import Placement
from decompose.system.calls.structure import structural_dependencies
from decompose.system.model import (
    Access,
    BlindSpot,
    Definition,
    DefinitionKind,
    Dependency,
    EntryPoint,
    EntryPointKind,
    ForeignKey,
    Root,
    Routine,
    Store,
    StoreAccess,
    Surroundings,
    System,
    Table,
    Transaction,
    Unit,
)
from decompose.system.schema.catalogue import Catalogue
from decompose.system.schema.ddl import read_ddl
from decompose.system.schema.ddl_strings import ddl_in_strings
from decompose.system.schema.merging import schema_differences
from decompose.system.schema.migrations import ddl_of_migrations, schema_of_migrations
from decompose.system.schema.tables import Schema
from decompose.system.sql.files import SqlFiles
from decompose.system.surroundings.dynamic import dynamic_code
from decompose.system.surroundings.needs import surroundings_of
from decompose.system.surroundings.pages import fixture_reader, template_reader
from decompose.system.surroundings.stores import Stores
from decompose.system.transactions.instead import NOTHING, done_instead
from decompose.system.transactions.scopes import Found, transactions_of
from decompose.system.words import words_of

Progress = Callable[[str, int, int], None]

_EVIDENCE_LENGTH = 160
_MAX_TERMS = 80
_SILENT_OPERATIONS = frozenset({Op.IMPORT, Op.FROM, Op.FUNCTION, Op.CLASS, Op.COPY, Op.IMPORT_STAR, Op.FREE, Op.TYPED})


def build_system(
    tree: SourceTree,
    *,
    cache_folder: Path | None = None,
    jobs: int | None = None,
    executor: Executor | None = None,
    catalogues: Sequence[Catalogue] = (),
    progress: Progress = lambda *_: None,
    collected: Collected | None = None,
) -> System:
    """Analyse the files of ``tree``. Files that cannot be read or parsed become blind spots.

    ``collected`` are the facts of ``tree.to_parse()``; where they are not given, they are collected here. ``catalogues`` are
    schemas that were given beside the code: dumps, a live database.
    """
    wanted = tree.to_parse()
    if collected is None:
        collected = collect_facts(
            tree.base, wanted, cache_folder=cache_folder, jobs=jobs, executor=executor, progress=progress
        )
    application = [(f, facts) for f, facts in zip(wanted, collected.facts, strict=True) if f.role == "application"]
    migrations = [(f, facts) for f, facts in zip(wanted, collected.facts, strict=True) if f.role == "migration"]
    with garbage_collection_paused():
        progress("linking", 0, 1)
        linked = link([f for f, _ in application], [facts for _, facts in application], tree.declared)
        progress("linking", 1, 1)
        progress("system", 0, 1)
        system = _Builder(tree, linked, application, migrations, catalogues).build()
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
    ) -> None:
        self.tree = tree
        self.linked = linked
        self.application = application
        self.migrations = migrations
        self.given = catalogues
        self.placement = Placement(linked)

    def build(self) -> System:
        schema = Schema(self.linked, self.tree.base)
        catalogues = [*self._ddl(), *self.given]
        for catalogue in catalogues:
            schema.add_catalogue(catalogue)
        self._add_migrations(schema)
        schema.add_targets()
        read = template_reader(self.tree)
        loaded = Loaded(self.linked)
        for shown in SHOWN:
            self.linked.engine.accesses.update(self.linked.engine.safely(partial(shown, self.linked, read, loaded.has)))
            loaded.forget()
        for filled in FILLED:
            self.linked.engine.accesses.update(filled(self.linked, fixture_reader(self.tree)))
        files = SqlFiles(self.linked, self.tree.base, self.tree.sql_files)
        accesses = Accesses(self.linked, self.placement, schema, files, loaded)
        defined = self.linked.engine.attempt(partial(ddl_in_strings, self.linked, accesses.of_text.sql_uses), None)
        if defined is not None:
            schema.add_catalogue(defined)
        found_accesses = accesses.collect()
        calls = calls_of(self.linked, self.placement, accesses.arguments)
        dependencies = [*calls.dependencies, *structural_dependencies(self.linked, self.placement)]
        entry_points = self._entry_points()
        definitions = self._definitions()
        known = {definition.id for definition in definitions}
        doing = [d for d in dependencies if d.kind not in ("import", "type-import")]
        busy = {d.source_unit for d in doing} | {d.target_unit for d in doing}
        busy |= {access.unit for access in found_accesses}
        tables = schema.finished_tables()
        models = {table.model: table.name for table in tables if table.model}
        stores = Stores(self.linked, self.placement, tables, accesses.arguments)
        attempt = self.linked.engine.attempt
        attempt(stores.collect, None)
        below = (f for find in BELOW for f in self.linked.engine.safely(partial(find, self.linked, read)))
        flushes: list[Access] = attempt(partial(accesses.told_again, found_accesses, calls.dependencies, below), [])
        callbacks = Callbacks(self.linked, self.placement, accesses.arguments)
        found = attempt(
            partial(
                transactions_of,
                self.linked,
                self.placement,
                callbacks,
                schema,
                dependencies,
                found_accesses,
                accesses.kept.locks,
                entry_points,
                calls.put_off,
                attempt(partial(done_instead, self.linked, self.placement, accesses.kept.accesses.values()), NOTHING),
            ),
            Found([], (), ()),
        )
        surroundings = attempt(
            partial(
                surroundings_of,
                self.tree,
                self.linked,
                self.placement,
                schema,
                self.application,
                calls.dependencies,
                calls.external,
            ),
            Surroundings(),
        )
        blind = [
            *self._unreadable(),
            *calls.blind_spots,
            *accesses.kept.blind_spots.values(),
            *schema.blind_spots,
            *stores.blind_spots,
            *self.linked.engine.safely(partial(dynamic_code, self.linked)),
            *self._saturated(),
            *self._cut_short(),
            *self._deep_classes(),
            *self._unread_routes(),
            *(spot for catalogue in catalogues for spot in catalogue.blind_spots),
            *self._defects(),
        ]
        system = System(
            name=self.tree.name,
            roots=tuple(Root(path=r.path, packages=r.packages, files=r.files) for r in self.tree.roots),
            files=len(self.application),
            lines=sum(file.lines for file, _ in self.application),
            definitions=tuple(definitions),
            units=tuple(self._units(models, busy)),
            tables=tables,
            foreign_keys=tuple(
                sorted(schema.keys.values(), key=lambda key: (key.table, key.columns, key.target_table))
            ),
            dependencies=tuple(d for d in dependencies if d.source in known and d.target in known),
            external_calls=tuple(calls.external),
            accesses=tuple(found_accesses),
            flushes=tuple(flushes),
            alternatives=tuple(accesses.kept.alternatives()),
            transactions=tuple(found.transactions),
            narrowed=found.narrowed,
            entered=found.entered,
            entry_points=tuple(entry_points),
            stores=tuple(stores.stores),
            store_accesses=tuple(stores.accesses),
            blind_spots=tuple(sorted(blind, key=lambda b: (b.kind, b.file, b.line, b.reason, b.definition))),
            call_counts=calls.counts,
            routines=schema.finished_routines(),
            schema_sources=tuple(catalogue.about for catalogue in self.given),
            schema_differences=schema_differences(schema.said_by_code, schema.said_by_database, schema.keys.values()),
            statement_counts=tuple(count for catalogue in self.given for count in catalogue.statement_counts),
            excluded_files=self.tree.excluded(),
            surroundings=surroundings,
        )
        return self._with_source_lines(system, {c.file: dict(c.lines) for c in self.given if c.lines})

    # Schema from elsewhere

    def _ddl(self) -> Iterator[Catalogue]:
        """What the SQL files of the application define, except those that were given as the schema."""
        given = {catalogue.file for catalogue in self.given}
        for path in self.tree.sql_files:
            if path in given:
                continue
            try:
                text = Path(self.tree.base, path).read_bytes().decode("utf-8", errors="replace")
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

    # Definitions and units

    def _definitions(self) -> list[Definition]:
        found: dict[str, Definition] = {}
        kinds: dict[int, DefinitionKind] = {0: "module", 1: "class", 2: "function"}
        for scope in self._scopes():
            if scope.facts.kind == ScopeKind.LAMBDA or scope.definition in found:
                continue
            found[scope.definition] = Definition(
                id=scope.definition,
                kind=kinds[scope.facts.kind],
                file=scope.module.file,
                line=scope.facts.line,
                end_line=max(scope.facts.end_line, scope.facts.line),
                unit=self.placement.unit_of(scope),
            )
        return sorted(found.values(), key=lambda d: d.id)

    def _scopes(self) -> Iterable[Scope]:
        return (scope for scope in self.linked.program.scopes if not scope.library)

    def _units(self, models: dict[str, str], busy: set[str]) -> list[Unit]:
        found: dict[str, Unit] = {}
        inner_terms: dict[str, list[str]] = {}
        inner_lines: Counter[str] = Counter()
        for scope in self._scopes():
            words = inner_terms.setdefault(self.placement.unit_of(scope), [])
            words += words_of(scope.facts.name)
            words += words_of(" ".join(scope.facts.terms))
            if scope.parent is not None and scope.parent.facts.kind == ScopeKind.MODULE:
                inner_lines[f"{scope.module.name}:"] += scope.facts.end_line - scope.facts.line + 1
        for scope in self._scopes():
            facts = scope.facts
            top = scope.parent is not None and scope.parent.facts.kind == ScopeKind.MODULE
            if facts.kind == ScopeKind.LAMBDA or scope.definition in found:
                continue
            if facts.kind == ScopeKind.MODULE:
                if not self._does_something(scope) and scope.definition not in busy:
                    continue
                lines = max(facts.end_line - inner_lines[scope.definition], 0)
            elif top:
                lines = facts.end_line - facts.line + 1
            else:
                continue
            terms = Counter([*inner_terms[scope.definition], *words_of(scope.module.name.rpartition(".")[2])])
            kind: DefinitionKind = (
                "module" if facts.kind == ScopeKind.MODULE else "class" if facts.kind == 1 else "function"
            )
            found[scope.definition] = Unit(
                id=scope.definition,
                kind=kind,
                file=scope.module.file,
                line=facts.line,
                end_line=max(facts.end_line, facts.line),
                lines=lines,
                model_of=models.get(scope.definition, ""),
                terms=tuple(
                    word for word, _ in sorted(terms.items(), key=lambda item: (-item[1], item[0]))[:_MAX_TERMS]
                ),
            )
        return sorted(found.values(), key=lambda unit: unit.id)

    def _does_something(self, module: Scope) -> bool:
        """Whether a module's top level has code of its own: more than imports, definitions and constants."""
        return any(
            operation[0] not in _SILENT_OPERATIONS and not (operation[0] == Op.BINARY and operation[4] == "bool")
            for operation in module.facts.ops
        )

    # Entry points and blind spots

    def _entry_points(self) -> list[EntryPoint]:
        found: dict[tuple[str, str, str], EntryPoint] = {}
        for recognise in ENTRY_POINTS:
            for entry in self.linked.engine.safely(partial(recognise, self.linked)):
                kind = cast("EntryPointKind", entry.kind)
                made = EntryPoint(
                    kind=kind,
                    name=entry.name.replace(HOLE, "*"),
                    handler=entry.handler.definition,
                    file=entry.file,
                    line=entry.line,
                )
                found.setdefault((kind, made.name, made.handler), made)
        return sorted(found.values(), key=lambda e: (e.kind, e.name, e.handler))

    def _unreadable(self) -> list[BlindSpot]:
        spots = [
            BlindSpot(kind="unparsed file", definition="", file=file.path, line=facts.error_line, reason=facts.error)
            for file, facts in (*self.application, *self.migrations)
            if facts.error
        ]
        spots += [
            BlindSpot(kind=unread.kind, definition="", file=unread.path, line=0, reason=unread.reason)
            for unread in self.tree.unread
        ]
        return spots

    def _saturated(self) -> list[BlindSpot]:
        """Places where so much flows together that what lies beyond the limit is not followed."""
        if not self.linked.engine.saturated:
            return []
        spots: dict[str, BlindSpot] = {}
        for frame in self.linked.engine.frames:
            scope = frame.scope
            if (
                not scope.library
                and scope.definition not in spots
                and not self.linked.engine.saturated.isdisjoint(frame.nodes)
            ):
                spots[scope.definition] = BlindSpot(
                    kind="too many values",
                    definition=scope.definition,
                    file=scope.module.file,
                    line=scope.facts.line,
                    reason="more values reach a variable here than are followed",
                )
        return list(spots.values())

    def _cut_short(self) -> Iterator[BlindSpot]:
        """Places where routes and blueprints come together in more ways than are followed."""
        for scope in (self.linked.program.scopes[index] for index in sorted(self.linked.cut_short)):
            if not scope.library:
                yield BlindSpot(
                    kind="too many values",
                    definition=scope.definition,
                    file=scope.module.file,
                    line=scope.facts.line,
                    reason="routes come together here in more ways than are followed",
                )

    def _defects(self) -> Iterator[BlindSpot]:
        """Where this program itself failed; what reads more than one frame fails in each of them."""
        told = {
            (frame.scope if frame is not None else None, line, why) for frame, line, why in self.linked.engine.failures
        }
        for scope, line, why in told:
            yield BlindSpot(
                kind=defects.KIND,
                definition=scope.definition if scope is not None else "",
                file=scope.module.file if scope is not None else "",
                line=line or (scope.facts.line if scope is not None else 0),
                reason=why,
            )

    def _deep_classes(self) -> list[BlindSpot]:
        scopes = (self.linked.program.scopes[index] for index in sorted(self.linked.hierarchy.cut))
        return [
            BlindSpot(
                kind="deep inheritance",
                definition=cls.definition,
                file=cls.module.file,
                line=cls.facts.line,
                reason=f"only the nearest {MAX_ANCESTORS} ancestors of this class are looked at",
            )
            for cls in scopes
            if not cls.library
        ]

    def _unread_routes(self) -> list[BlindSpot]:
        return [
            BlindSpot(
                kind="unread routes",
                definition=scope.definition,
                file=scope.module.file,
                line=line,
                reason=f"routes of {name} are not read: what it serves is not among the entry points",
            )
            for name, scope, line in unread_frameworks(self.linked)
        ]

    # Evidence

    def _with_source_lines(self, system: System, known: dict[str, dict[int, str]]) -> System:
        wanted: dict[str, set[int]] = {}
        claims: tuple[
            Dependency | Access | Transaction | EntryPoint | ForeignKey | Table | Routine | Store | StoreAccess, ...
        ] = (
            *system.dependencies,
            *system.accesses,
            *system.flushes,
            *system.alternatives,
            *system.transactions,
            *system.entry_points,
            *system.foreign_keys,
            *system.tables,
            *system.routines,
            *system.stores,
            *system.store_accesses,
        )
        for item in claims:
            if item.file and item.file not in known:
                wanted.setdefault(item.file, set()).add(item.line)
        lines = dict(sorted(known.items()))
        for file in sorted(wanted):
            try:
                text = decode(Path(self.tree.base, file).read_bytes()).split("\n")
            except Exception:  # noqa: BLE001, S112 - the file was readable a moment ago; evidence text is an extra
                continue
            lines[file] = {
                number: text[number - 1].strip()[:_EVIDENCE_LENGTH]
                for number in sorted(wanted[file])
                if 0 < number <= len(text)
            }
        return msgspec.structs.replace(system, source_lines=lines)
