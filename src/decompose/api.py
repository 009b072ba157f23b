"""The use cases, for Python: the same as the commands."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path

import msgspec

from decompose.boundaries import Comparison, compare_splits, split_from_assignment
from decompose.boundaries.graph import EvidenceGraph
from decompose.boundaries.scores import Scorer, labels_of, scored
from decompose.boundaries.split import Split
from decompose.boundaries.trust import trust_of
from decompose.database.ddl import DIALECTS, write_ddl
from decompose.errors import ConfigurationError, DecomposeError, InputError, OutputError, UnknownNameError
from decompose.facts.collect import garbage_collection_paused
from decompose.pipeline import render as files_of
from decompose.plan.contracts import TOOLS, write_contracts
from decompose.plan.order import By
from decompose.report.plan_text import plan_markdown, plan_text
from decompose.report.view import make_view
from decompose.runs.analysis import Analysis, named_split
from decompose.runs.checking import Check
from decompose.runs.checking import check as check_runs
from decompose.runs.consequences import consequences_of
from decompose.runs.document import decode, load
from decompose.runs.explanation import Explanation, explain
from decompose.runs.partition import Partition, read_partition
from decompose.runs.ties import Join, Tie, ties_of_moved
from decompose.workflow import Request, run

__all__ = [
    "Analysis",
    "DecomposeError",
    "Explanation",
    "Join",
    "Tie",
    "analyze",
    "check",
    "compare",
    "consequences_of",
    "contracts",
    "ddl",
    "explain",
    "load",
    "plan",
    "render",
    "ties_of_moved",
    "with_partition",
    "write_files",
]

Progress = Callable[[str, int, int], None]


@garbage_collection_paused()
def analyze(
    path: Path | str,
    output: Path | str | None = None,
    *,
    services: str | int | None = None,
    exclude: str | Sequence[str] = (),
    roots: str | Sequence[str] = (),
    start_from: Path | str | None = None,
    jobs: int | None = None,
    cache_folder: Path | str | bool | None = True,
    schema: Path | str | Sequence[Path | str] = (),
    dialect: str = "",
    database: str = "",
    progress: Progress = lambda *_: None,
) -> Analysis:
    """Analyse the application in ``path``; with ``output`` also write the run directory there.

    ``services`` is a number or ``"MIN-MAX"``, ``start_from`` a split by hand (CSV with ``id,service``), or ``RUN`` or
    ``RUN:SPLIT``, a split of an earlier run that is kept. ``cache_folder``: True for
    the user's, None or False for none. ``schema`` are files with DDL in ``dialect`` (detected where it is empty), ``database`` is
    the URL of a live database, which is only read. Of ``exclude``, ``roots`` and ``schema`` one may stand alone. Raises
    `DecomposeError` subclasses; the application is neither imported nor run.
    """
    if jobs is not None and jobs < 1:
        raise ConfigurationError(f"jobs is {jobs}: at least one process has to read the files.")
    request = Request(
        path=Path(path),
        output=Path(output) if output is not None else None,
        services=services,
        exclude=_each(exclude),
        roots=_each(roots),
        jobs=jobs,
        cache_folder=Path(cache_folder) if isinstance(cache_folder, str) else cache_folder,
        schema=(Path(schema),) if isinstance(schema, (str, Path)) else tuple(Path(file) for file in schema),
        dialect=dialect,
        database=database,
        start_from=Path(start_from) if start_from is not None else None,
    )
    return decode(run(request, progress).document)


def _each(given: str | Sequence[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def render(analysis: Analysis, split_name: str = "") -> dict[str, bytes]:
    """The files of a run directory beside ``analysis.json``: name -> content. Raises `UnknownNameError`."""
    if split_name:
        named_split(analysis, split_name)
    return files_of(make_view(analysis, split_name))


# What follows from a split


def ddl(
    analysis: Analysis, split_name: str = "", dialect: str = "postgres", partition: Path | str | None = None
) -> dict[str, str]:
    """The files of ``decompose ddl``: relative path -> text. ``partition`` is a split by hand, instead of a named one.

    Raises `UnknownNameError` for a split or a dialect that there is not, `InputError` where there is no table to move, or nowhere to.
    """
    known = next((d for d in DIALECTS if d == dialect), None)
    if known is None:
        raise UnknownNameError(f"{dialect}: no such dialect. There are: {', '.join(DIALECTS)}.")
    analysis, split = _asked_for(analysis, split_name, partition)
    if not any(service.tables for service in split.services):
        raise InputError(f"{split.name}: no service of this split owns a table, so there is nothing to move.")
    if len(split.services) < 2:
        raise InputError(
            f"{split.name}: has one service, which keeps every table, so there is nothing to move. "
            f"Name a split that has several: {_divided(analysis)}."
        )
    database, plan = consequences_of(analysis, split)
    order = [step.service for step in plan.steps if step.service] or [service.name for service in split.services]
    return write_ddl(analysis.system, split, database, order, known)


def _divided(analysis: Analysis) -> str:
    return ", ".join(split.name for split in analysis.splits if len(split.services) > 1) or "this run has none"


def plan(
    analysis: Analysis,
    split_name: str = "",
    by: str = "risk",
    service: str = "",
    form: str = "text",
    partition: Path | str | None = None,
) -> str:
    """The extraction plan of a split as ``text``, ``markdown`` or ``json``; ``by`` is ``risk`` or ``value``.

    Raises `UnknownNameError` for a split, service, order or format that there is not.
    """
    order: By | None = "risk" if by == "risk" else "value" if by == "value" else None
    if order is None or form not in ("text", "markdown", "json"):
        raise UnknownNameError(
            f"{by}, {form}: there are the orders risk and value, and the formats text, markdown, json."
        )
    analysis, split = _asked_for(analysis, split_name, partition)
    followed = consequences_of(analysis, split, order)
    if form == "json":
        steps = [step for step in followed.plan.steps if not service or step.service == service]
        if not steps:
            plan_text(followed, service)  # tells that there is no such step
        return msgspec.json.encode(msgspec.structs.replace(followed.plan, steps=tuple(steps))).decode() + "\n"
    advised = analysis.recommendation
    verdict = "" if advised.split or split_name or partition is not None else advised.sentence
    return plan_markdown(followed, service, verdict) if form == "markdown" else plan_text(followed, service, verdict)


def contracts(
    analysis: Analysis, split_name: str = "", tool: str = "import-linter", partition: Path | str | None = None
) -> str:
    """The seams of a split as the configuration of ``import-linter`` or ``tach``; raises `UnknownNameError`."""
    known = next((t for t in TOOLS if t == tool), None)
    if known is None:
        raise UnknownNameError(f"{tool}: no such tool. There are: {', '.join(TOOLS)}.")
    analysis, split = _asked_for(analysis, split_name, partition)
    if len(split.services) < 2:
        raise InputError(f"{split.name}: has no two services, so there is no seam to keep.")
    return write_contracts(analysis.system, split, known)


def _asked_for(analysis: Analysis, split_name: str, partition: Path | str | None) -> tuple[Analysis, Split]:
    if partition is not None:
        if split_name:
            raise ConfigurationError(f"{split_name} and {partition}: give a split by name or by hand, not both.")
        analysis = with_partition(analysis, partition)
        return analysis, analysis.splits[-1]
    return analysis, named_split(analysis, split_name)


def write_files(files: Mapping[str, str], output: Path | str) -> None:
    """Write files below a folder that is new or empty; raises `OutputError`, and leaves nothing half-written."""
    output = Path(output)
    try:
        if output.exists() and (not output.is_dir() or any(output.iterdir())):
            raise OutputError(f"{output}: is there already, and not empty. Choose another place with -o.")
        output.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{output.name}.", dir=output.parent) as staged:
            place = Path(staged, "files")
            for path, text in files.items():
                target = place / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(text.encode("utf-8", errors="backslashreplace"))
            place.replace(output)
    except OSError as problem:
        raise OutputError(
            f"{output}: cannot be written ({problem.strerror or problem}). Choose another place with -o."
        ) from problem


# Comparing


def with_partition(analysis: Analysis, file: Path | str) -> Analysis:
    """The analysis with one more split, the last: the partition in a CSV file with the columns ``id,service``.

    Of a file with several splits ``FILE:SPLIT`` takes one, and ``FILE`` the recommended one; the split's ``generator`` says which.
    It is called as the file, with the split that was taken of several, and differently from every split that is there.
    Raises `InputError` and `UnknownNameError`, both with the line.
    """
    partition = read_partition(Path(file), analysis.recommendation.split)
    taken = {split.name for split in analysis.splits}
    name = next(name for name in _names(partition) if name not in taken)
    graph = EvidenceGraph(analysis.system)
    split = split_from_assignment(analysis.system, partition.placements, name, graph)
    split = msgspec.structs.replace(split, generator=f"{split.generator}{partition.choice}")
    told = trust_of(graph, analysis.clusterings).scores(labels_of(graph, split))
    split = scored(Scorer(graph, analysis.commits), split, told=told)
    return msgspec.structs.replace(analysis, splits=(*analysis.splits, split))


def _names(partition: Partition) -> Iterator[str]:
    file, split = partition.file, f":{partition.split}" if partition.others else ""
    yield f"{file.stem}{split}"
    yield f"{file.name}{split}"
    for number in count(2):
        yield f"{file.name}{split} ({number})"


def compare(
    first: Analysis, names: Sequence[str] = (), second: Analysis | None = None, second_name: str = ""
) -> list[Comparison]:
    """Compare splits of a run with each other, or one split each of two runs.

    Of two runs that of the first name, else the recommended one, is compared with ``second_name``, else with that of the same name.
    """
    if second is not None:
        name = names[0] if names else ""
        return [compare_splits(named_split(first, name), named_split(second, second_name or name))]
    shown = named_split(first, "")
    others = [split for split in first.splits if not split.trivial and split.name != shown.name]
    chosen = [named_split(first, name) for name in names] or [shown, *others]
    if len(chosen) == 1:
        chosen = [shown, *chosen] if chosen[0].name != shown.name else [*chosen, *others[:1]]
    return [compare_splits(chosen[0], other) for other in chosen[1:]]


def check(earlier: Analysis, later: Analysis, split_name: str = "", partition: Path | str | None = None) -> Check:
    """What crosses the services of a split of ``earlier`` in the later run, and did not before; ``partition`` is a split by hand.

    Raises `UnknownNameError` for a split that there is not, `InputError` where the two runs have nothing in common.
    """
    earlier, split = _asked_for(earlier, split_name, partition)
    return check_runs(earlier.system, later.system, split)
