"""The use cases of decompose for Python: the same ones that the commands call.

>>> import decompose.api as decompose
>>> analysis = decompose.analyze("./shop")          # doctest: +SKIP
>>> decompose.save(analysis, "reports/shop")        # doctest: +SKIP
"""

# Each use case imports its rooms when it is called: `decompose --help` must not wait for solvers and parsers.
# ruff: noqa: PLC0415

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from decompose.errors import InputError, UnknownNameError

if TYPE_CHECKING:
    from decompose.boundaries.split import Split
    from decompose.report.comparison import SideBySide
    from decompose.report.exports import ExportTable
    from decompose.report.explanation import Connection, Explanation
    from decompose.runs import Analysis, RunOptions
    from decompose.system.model import System

Progress = Callable[[str, int, int], None]
"""Called with a stage's name, how much of it is done, and how much there is (0 where that is not known)."""

USE_DEFAULT_CACHE: Literal["default"] = "default"


def _no_progress(stage: str, done: int, total: int) -> None:
    """Report to nobody."""


def options_for(
    path: str | os.PathLike[str],
    *,
    exclude: Sequence[str] = (),
    roots: Sequence[str] = (),
    services: tuple[int, int] | None = None,
    output: str | os.PathLike[str] | None = None,
) -> RunOptions:
    """What the configuration of ``path`` says, and over it what is given here; ``output`` is never empty.

    Raises `ConfigurationError` with every mistake in the configuration.
    """
    from decompose.runs import RunOptions, read_configuration

    configured = read_configuration(Path(path))
    return RunOptions(
        roots=tuple(roots) or configured.roots,
        exclude=(*configured.exclude, *exclude),
        services=services or configured.services,
        output=str(output or configured.output or Path("reports") / (Path(path).resolve().name or "root")),
    )


def check_output(path: str | os.PathLike[str]) -> None:
    """Raise `OutputError` if a run could not be written to ``path``; meant for before a long analysis."""
    from decompose.runs import check_target

    check_target(Path(path))


def analyze(
    path: str | os.PathLike[str],
    *,
    exclude: Sequence[str] = (),
    roots: Sequence[str] = (),
    services: tuple[int, int] | None = None,
    jobs: int | None = None,
    cache_dir: str | os.PathLike[str] | Literal["default"] | None = USE_DEFAULT_CACHE,
    progress: Progress = _no_progress,
) -> Analysis:
    """Analyse the application in the folder ``path``; nothing of it is imported or run.

    ``services`` is the least and the greatest number of services; ``jobs`` the number of processes (None: as many as
    there are processors); ``cache_dir`` None reads and writes no cache. Only ``path`` is looked at: its configuration
    is read by `options_for`. Raises `InputError` where there is nothing to analyse.
    """
    from decompose.boundaries import SplitOptions, propose
    from decompose.database import split_database
    from decompose.plan import make_plan
    from decompose.runs import FORMAT_VERSION, Analysis
    from decompose.version import __version__

    system = _read_system(Path(path), exclude=exclude, roots=roots, jobs=jobs, cache_dir=cache_dir, progress=progress)
    progress("splitting", 0, 0)
    proposal = propose(system, SplitOptions(services=services))
    proposed = [split for split in proposal.splits if not split.trivial]
    progress("dividing the database", 0, 0)
    databases = tuple(split_database(system, split) for split in proposed)
    progress("planning", 0, 0)
    plans = tuple(make_plan(system, split, database) for split, database in zip(proposed, databases, strict=True))
    return Analysis(
        format_version=FORMAT_VERSION,
        decompose_version=__version__,
        system=system,
        splits=tuple(proposal.splits),
        recommendation=proposal.recommendation,
        databases=databases,
        plans=plans,
    )


def _read_system(
    path: Path,
    *,
    exclude: Sequence[str],
    roots: Sequence[str],
    jobs: int | None,
    cache_dir: str | os.PathLike[str] | None,
    progress: Progress,
) -> System:
    from decompose.facts.cache import default_cache_folder
    from decompose.sources import discover
    from decompose.system import build_system

    progress("finding files", 0, 0)
    tree = discover(path, exclude=exclude, roots=roots)
    folder = default_cache_folder() if cache_dir == USE_DEFAULT_CACHE else Path(cache_dir) if cache_dir else None
    system = build_system(tree, cache_folder=folder, jobs=jobs, progress=progress)
    if not system.dependencies and not system.accesses:
        taken = ", ".join(root.path for root in system.roots) or "none"
        raise InputError(
            f"{path}: {system.files} files were read, but nothing in them depends on anything else, so there is nothing "
            f"to split.\nRoots of the import path that were taken: {taken}. If they are wrong, name the right ones with "
            "--root; if too much was left out, look at --exclude."
        )
    return system


def save(analysis: Analysis, path: str | os.PathLike[str]) -> None:
    """Write the run directory ``path``: analysis, report and graphs, all of them or nothing. Raises `OutputError`."""
    from decompose.report import render_run
    from decompose.runs import save_run

    save_run(Path(path), analysis, render_run(analysis))


def load(run: str | os.PathLike[str]) -> Analysis:
    """Read a run directory. Raises `RunError`."""
    from decompose.runs import load_run

    return load_run(Path(run))


def find_split(analysis: Analysis, name: str | None = None) -> Split:
    """The split called ``name``, by default the one that the report shows. Raises `UnknownNameError`."""
    from decompose.report import shown_split

    if name is None:
        shown = shown_split(analysis)
        if shown is not None:
            return shown
    for split in analysis.splits:
        if split.name == name:
            return split
    known = ", ".join(split.name for split in analysis.splits)
    raise UnknownNameError(f"This run has no split {name!r}. It has {known}.")


def export(analysis: Analysis, what: str, *, external: bool = False) -> ExportTable:
    """One of the tables in `decompose.report.exports.EXPORTS`. Raises `UnknownNameError`."""
    from decompose.report.exports import export_table

    return export_table(analysis, what, external=external)


def explain(analysis: Analysis, thing: str, other: str | None = None, *, split: str | None = None) -> Explanation | Connection:
    """Why ``thing`` is where it is, or, with ``other``, everything that ties the two. Raises `UnknownNameError`."""
    from decompose.report import explanation

    chosen = find_split(analysis, split)
    first = explanation.find_thing(analysis, thing)
    if other is None:
        return explanation.explain(analysis, chosen, first)
    return explanation.connect(analysis, chosen, first, explanation.find_thing(analysis, other))


def compare(
    analysis: Analysis,
    splits: Sequence[str] = (),
    *,
    other: Analysis | None = None,
    assignment: str | os.PathLike[str] | None = None,
) -> SideBySide:
    """Lay splits side by side: named ones (all proposals by default), another run's, and a hand-made ``id,service`` file.

    The first one is what the others are compared with. Raises `UnknownNameError` and `InputError`.
    """
    from decompose.report.comparison import side_by_side

    return side_by_side(analysis, splits, other=other, assignment=Path(assignment) if assignment else None)
