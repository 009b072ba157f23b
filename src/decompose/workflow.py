"""One run: what is asked for, what is remembered of it, and the directory that is written.

Nothing here needs the stages of the analysis until there is something to analyse: what was analysed before is told again
in the time that it takes to see that nothing has changed.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from decompose.errors import ConfigurationError, OutputError
from decompose.runs.configuration import Configuration, check_patterns, read_configuration, service_range
from decompose.runs.directory import ANALYSIS_FILE, check_output, save
from decompose.runs.memory import (
    Memo,
    default_cache_folder,
    digest_of,
    is_in_place,
    memo_key,
    remember_place,
    remember_sources,
    remembered,
    remembered_outcome,
    remembered_sources,
)
from decompose.runs.outcome import Outcome
from decompose.runs.place import partition_file, run_named
from decompose.sources import SourceTree, check_folder, discover
from decompose.sources.history import head_of
from decompose.sources.stamps import Seen, stamp_of

if TYPE_CHECKING:
    from decompose.system.schema.given import Given

Progress = Callable[[str, int, int], None]


class Request(NamedTuple):
    """What a user asks of an analysis; see `decompose.api.analyze`."""

    path: Path
    output: Path | None = None
    services: str | int | None = None
    exclude: tuple[str, ...] = ()
    roots: tuple[str, ...] = ()
    jobs: int | None = None
    cache_folder: Path | bool | None = True
    schema: tuple[Path, ...] = ()
    dialect: str = ""
    database: str = ""
    start_from: Path | None = None


class _Prepared(NamedTuple):
    """What a request comes to: the files (None where they are known to be as they were), what steers their analysis, and by what the run is remembered."""

    tree: SourceTree | None
    configuration: Configuration
    services: tuple[int, int] | None
    given: Given | None
    folder: Path | None
    key: str
    seen: Seen


def run(request: Request, progress: Progress = lambda *_: None) -> Memo:
    """Analyse what is asked for, unless that is remembered, and write the run directory.

    Raises `DecomposeError` subclasses; the application is neither imported nor run.
    """
    return _run(request, _prepare(request, progress), progress)


def run_outcome(request: Request, progress: Progress = lambda *_: None) -> Outcome:
    """The same as `run`, for who needs no more than what is told of it: a directory that holds the run is left as it is."""
    prepared = _prepare(request, progress)
    if request.output is not None and is_in_place(prepared.folder, prepared.key, request.output):
        outcome = remembered_outcome(prepared.folder, prepared.key)
        if outcome is not None:
            progress("report", 1, 1)
            return outcome
    return _run(request, prepared, progress).outcome


@contextmanager
def _said_by(option: str) -> Iterator[None]:
    """The message of what is wrong in the block names the option."""
    try:
        yield
    except ConfigurationError as problem:
        raise ConfigurationError(f"{option}: {problem}") from problem


def _prepare(request: Request, progress: Progress, *, looking: bool = False) -> _Prepared:
    """Checks what is asked for; ``looking``: at the files themselves, even if nobody has written to them since the last time."""
    check_folder(request.path)
    if request.output is not None:
        check_output(request.output)
    with _said_by("--exclude"):
        check_patterns(request.exclude)
    with _said_by("--services"):
        services = service_range(request.services)
    configuration = read_configuration(request.path, _layers)
    services = services or service_range(configuration.services)
    folder = default_cache_folder() if request.cache_folder is True else request.cache_folder or None
    progress("sources", 0, 1)
    seen = Seen()
    tree, sources = _found(request, configuration, folder, seen, looking=looking)
    progress("sources", 1, 1)
    given = None
    if request.schema or request.database or request.dialect:
        from decompose.system.schema.given import read_given

        given = read_given(request.path, request.schema, request.dialect, request.database)
    # Whatever steers the split is part of what a run is remembered by.
    key = memo_key(
        sources,
        services,
        sorted(msgspec.structs.asdict(configuration).items()),
        given.key if given else "",
        head_of(request.path),
        _content(request.start_from),
    )
    return _Prepared(tree, configuration, services, given, folder, key, seen)


def _found(
    request: Request, configuration: Configuration, folder: Path | None, seen: Seen, *, looking: bool
) -> tuple[SourceTree | None, bytes]:
    """The files, and a digest of them; nothing but the digest where that is remembered and nobody has written to them."""
    exclude = (*configuration.exclude, *request.exclude)
    roots = request.roots or configuration.roots
    asked = (str(request.path.resolve()), exclude, roots)
    known = None if looking else remembered_sources(folder, asked)
    if known is not None:
        return None, known
    began = time.time_ns()
    tree = discover(request.path, exclude=exclude, roots=roots, seen=seen)
    sources = digest_of(tree)
    remember_sources(folder, asked, sources, seen, began)
    return tree, sources


def _run(request: Request, prepared: _Prepared, progress: Progress) -> Memo:
    memo = remembered(prepared.folder, prepared.key)
    if memo is None and prepared.tree is None:
        prepared = _prepare(request, progress, looking=True)
        memo = remembered(prepared.folder, prepared.key)
    tree, configuration, services, given, folder, key, seen = prepared
    if memo is None:
        assert tree is not None  # it was looked at
        from decompose.facts import collect_facts

        collected = collect_facts(
            tree.base,
            tree.to_parse(),
            cache_folder=folder,
            jobs=request.jobs,
            progress=progress,
            meanwhile=lambda: _load_stages(tree),
        )
        from decompose.pipeline import analyse, steering
        from decompose.runs.keeping import Keeping

        catalogues = tuple(given.catalogues()) if given else ()
        options = steering(request.path, configuration, services, request.start_from)
        keeping = Keeping(folder, key)
        memo = analyse(
            tree,
            collected,
            options,
            progress,
            configuration.effort,
            catalogues,
            request.jobs,
            keeping.begin,
            partial(_changed, tree, seen),
        )
        if not memo.outcome.changed:
            keeping.keep(memo)
        else:
            keeping.give_up()
            folder = None  # what was read is not what the key says
    if request.output is not None:
        save(memo.document, request.output, memo.files)
        remember_place(folder, key, request.output)
    progress("report", 1, 1)
    return memo


def _changed(tree: SourceTree, seen: Seen) -> list[str]:
    """The files of the application that somebody has written to since they were found."""
    files = {*(file.path for file in tree.files), *tree.sql_files, *tree.template_files, *tree.stub_files}
    paths = ((file, str(Path(tree.base, file))) for file in sorted(files))
    return [file for file, path in paths if path in seen.stamps and seen.stamps[path] != stamp_of(path)]


def _content(start: Path | None) -> tuple[str, str] | None:
    """The name and a digest of a split that steers a run; what cannot be read is told when it is used."""
    if start is None:
        return None
    named = run_named(start)
    try:
        with (partition_file(start)[0] if named is None else named.folder / ANALYSIS_FILE).open("rb") as file:
            return str(start), hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return str(start), ""


def _load_stages(tree: SourceTree) -> None:
    from decompose.pipeline import load_ahead

    load_ahead(tree)


def _layers() -> frozenset[str]:
    from decompose.boundaries.graph import DEFAULT_WEIGHTS

    return frozenset(DEFAULT_WEIGHTS)


def default_output(path: Path) -> Path:
    """Where a run goes when nothing else is said: ``reports/NAME``."""
    try:
        name = path.resolve().name
    except OSError:
        name = path.name
    if not name:
        raise OutputError(f"{path}: has no name to call the run by. Give the run directory with -o.")
    return Path("reports") / name
