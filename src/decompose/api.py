"""The use cases, for Python: the same as the commands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path

import msgspec

from decompose.boundaries import Comparison, SplitOptions, compare_splits, propose, split_from_assignment
from decompose.boundaries.graph import DEFAULT_WEIGHTS, EvidenceGraph
from decompose.boundaries.scores import Scorer, scored
from decompose.boundaries.split import Split
from decompose.database import design_database, split_database
from decompose.database.split import DatabaseSplit
from decompose.errors import ConfigurationError, DecomposeError, InputError, OutputError
from decompose.facts.cache import default_cache_folder
from decompose.facts.collect import garbage_collection_paused
from decompose.plan import make_plan
from decompose.report.view import View, counted, make_view
from decompose.runs import FORMAT_VERSION, Analysis, load, named_split, save
from decompose.runs.configuration import check_patterns, read_configuration, service_range
from decompose.runs.directory import check_output, encodable, encode
from decompose.runs.explanation import Explanation, Join, Tie, explain, ties_of_moved
from decompose.runs.memory import Memo, memo_key, remember, remembered
from decompose.runs.partition import read_partition
from decompose.sources import SourceTree, check_folder, discover
from decompose.system import build_system
from decompose.system.model import System
from decompose.version import __version__

__all__ = [
    "Analysis",
    "DecomposeError",
    "Explanation",
    "Join",
    "Tie",
    "analyze",
    "compare",
    "explain",
    "load",
    "render",
    "ties_of_moved",
    "with_partition",
]

Progress = Callable[[str, int, int], None]


@garbage_collection_paused()
def analyze(
    path: Path | str,
    output: Path | str | None = None,
    *,
    services: str | int | None = None,
    exclude: Sequence[str] = (),
    roots: Sequence[str] = (),
    jobs: int | None = None,
    cache_folder: Path | bool | None = True,
    progress: Progress = lambda *_: None,
) -> Analysis:
    """Analyse the application in ``path``; with ``output`` also write the run directory there.

    ``services`` is a number or ``"MIN-MAX"``. ``cache_folder``: True for the user's, None or False for none.
    Raises `DecomposeError` subclasses; the application is neither imported nor run.
    """
    base = Path(path)
    target = Path(output) if output is not None else None
    check_folder(base)
    if target is not None:
        check_output(target)
    try:
        check_patterns(exclude)
    except ConfigurationError as problem:
        raise ConfigurationError(f"--exclude: {problem}") from problem
    configuration = read_configuration(base, frozenset(DEFAULT_WEIGHTS))
    options = SplitOptions(
        services=service_range(services if services is not None else configuration.services),
        weights=configuration.weights or None,
    )
    progress("sources", 0, 1)
    tree = discover(base, exclude=(*configuration.exclude, *exclude), roots=roots or configuration.roots)
    progress("sources", 1, 1)
    folder = default_cache_folder() if cache_folder is True else cache_folder or None
    key = memo_key(tree, options)
    known = remembered(folder, key)
    if known is not None:
        analysis, memo = known
    else:
        analysis = _analyze(tree, options, jobs, folder, progress)
        progress("report", 0, 1)
        try:
            document = encode(analysis)
        except UnicodeEncodeError:
            analysis = encodable(analysis)
            document = encode(analysis)
        memo = Memo(document, render(make_view(analysis)))
        remember(folder, key, memo)
    if target is not None:
        save(memo.analysis, target, memo.files)
    progress("report", 1, 1)
    return analysis


def _analyze(
    tree: SourceTree, options: SplitOptions, jobs: int | None, folder: Path | None, progress: Progress
) -> Analysis:
    system = build_system(tree, cache_folder=folder, jobs=jobs, progress=progress)
    _refuse_empty(tree, system)
    progress("boundaries", 0, 1)
    proposal = propose(system, options)
    progress("boundaries", 1, 1)
    databases, plans = [], []
    for split in proposal.splits:
        if not split.trivial:
            database = split_database(system, split)
            if split.name == proposal.recommendation.shown:
                database = designed(system, split, database)
            databases.append(database)
            plans.append(make_plan(system, split, database))
    return Analysis(
        format_version=FORMAT_VERSION,
        decompose_version=__version__,
        system=system,
        splits=proposal.splits,
        recommendation=proposal.recommendation,
        databases=tuple(databases),
        plans=tuple(plans),
    )


def designed(system: System, split: Split, database: DatabaseSplit) -> DatabaseSplit:
    """The database side with what to do about each cut; as it is where it has that already."""
    if database.design is not None:
        return database
    return msgspec.structs.replace(database, design=design_database(system, split, database))


def _refuse_empty(tree: SourceTree, system: System) -> None:
    """An empty report would look like an answer."""
    if not system.units:
        unparsed = sum(1 for spot in system.blind_spots if spot.kind == "unparsed file")
        excluded = ", ".join(f"{count} {role}" for role, count in tree.excluded().items())
        reason = (
            f"{unparsed} could not be parsed"
            if unparsed
            else f"all are left out of a split ({excluded})"
            if excluded
            else "they define nothing"
        )
        raise InputError(f"{tree.base}: nothing to analyse in {counted(len(tree.files), 'Python file')}: {reason}.")
    if len(system.units) > 1 and not system.dependencies and not system.accesses:
        roots = ", ".join(root.path for root in tree.roots)
        raise InputError(
            f"{tree.base}: no dependency was found between {len(system.units)} units. "
            f"The roots are probably wrong (taken: {roots}); give them with --root."
        )


def render(view: View) -> dict[str, bytes]:
    """The files of a run directory beside ``analysis.json``."""
    from decompose.report import render_html, service_dot, unit_graphml

    return {"report.html": render_html(view), "graph.dot": service_dot(view), "graph.graphml": unit_graphml(view)}


# Comparing


def with_partition(analysis: Analysis, file: Path) -> Analysis:
    """The analysis with one more split, the last: the partition in a CSV file with the columns ``id,service``.

    It is called as the file, and differently from every split that is there. Raises `InputError` and
    `UnknownNameError`, both with the line.
    """
    placements = read_partition(file, analysis.recommendation.split)
    taken = {split.name for split in analysis.splits}
    name = next(name for name in _names(file) if name not in taken)
    graph = EvidenceGraph(analysis.system)
    split = scored(Scorer(graph), split_from_assignment(analysis.system, placements, name, graph))
    return msgspec.structs.replace(analysis, splits=(*analysis.splits, split))


def _names(file: Path) -> Iterator[str]:
    yield file.stem
    yield file.name
    for number in count(2):
        yield f"{file.name} ({number})"


def compare(first: Analysis, names: Sequence[str] = (), second: Analysis | None = None) -> list[Comparison]:
    """Compare splits of a run with each other, or the recommended (or named) split of two runs."""
    if second is not None:
        name = names[0] if names else ""
        return [compare_splits(named_split(first, name), named_split(second, name))]
    chosen = [named_split(first, name) for name in names] if names else [s for s in first.splits if not s.trivial]
    if len(chosen) == 1:
        chosen = (
            [named_split(first, ""), *chosen]
            if chosen[0].name != named_split(first, "").name
            else [*chosen, *first.splits[:1]]
        )
    return [compare_splits(chosen[0], other) for other in chosen[1:]]


def default_output(path: Path) -> Path:
    """Where a run goes when nothing else is said: ``reports/NAME``."""
    try:
        name = path.resolve().name
    except OSError:
        name = path.name
    if not name:
        raise OutputError(f"{path}: has no name to call the run by. Give the run directory with -o.")
    return Path("reports") / name
