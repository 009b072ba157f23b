"""The use cases, for Python: the same as the commands."""

from __future__ import annotations

import csv
import hashlib
import io
import zlib
from collections.abc import Callable, Sequence
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import msgspec

from decompose.boundaries import Comparison, SplitOptions, compare_splits, propose, split_from_assignment
from decompose.boundaries.graph import DEFAULT_WEIGHTS, EvidenceGraph
from decompose.boundaries.scores import Scorer, scored
from decompose.boundaries.split import Split
from decompose.database import split_database
from decompose.errors import DecomposeError, InputError, OutputError, UnknownNameError
from decompose.facts.cache import default_cache_folder
from decompose.facts.collect import garbage_collection_paused
from decompose.plan import make_plan
from decompose.report.view import View, make_view
from decompose.runs import FORMAT_VERSION, Analysis, load, save
from decompose.runs.configuration import Configuration, read_configuration, service_range
from decompose.runs.directory import check_output, encode
from decompose.sources import SourceTree, discover
from decompose.system import build_system
from decompose.system.model import Access, Dependency, System
from decompose.version import __version__

__all__ = ["Analysis", "DecomposeError", "Explanation", "analyze", "compare", "explain", "load", "render", "with_partition"]

Progress = Callable[[str, int, int], None]
_MEMO_LEVEL = 1


class _Memo(msgspec.Struct, array_like=True):
    """A finished run, remembered by everything that it depends on."""

    analysis: bytes
    files: dict[str, bytes]


def analyze(
    path: Path | str,
    output: Path | str | None = None,
    *,
    services: str | int | None = None,
    exclude: Sequence[str] = (),
    roots: Sequence[str] = (),
    jobs: int | None = None,
    cache_folder: Path | None | bool = True,
    progress: Progress = lambda *_: None,
) -> Analysis:
    """Analyse the application in ``path``; with ``output`` also write the run directory there.

    ``services`` is a number or ``"MIN-MAX"``. ``cache_folder``: True for the user's, None or False for none.
    Raises `DecomposeError` subclasses; the application is neither imported nor run.
    """
    base = Path(path)
    target = Path(output) if output is not None else None
    if target is not None:
        check_output(target)
    configuration = read_configuration(base, frozenset(DEFAULT_WEIGHTS)) if base.is_dir() else Configuration()
    options = SplitOptions(
        services=service_range(services if services is not None else configuration.services),
        weights=configuration.weights or None,
    )
    progress("sources", 0, 1)
    tree = discover(base, exclude=(*configuration.exclude, *exclude), roots=roots or configuration.roots)
    progress("sources", 1, 1)
    folder = default_cache_folder() if cache_folder is True else cache_folder or None
    key = _memo_key(tree, options)
    memo = _remembered(folder, key)
    if memo is not None:
        analysis = msgspec.json.decode(memo.analysis, type=Analysis)
        files = memo.files
    else:
        analysis = _analyze(tree, options, jobs, folder, progress)
        progress("report", 0, 1)
        files = render(make_view(analysis))
        _remember(folder, key, _Memo(encode(analysis), files))
    if target is not None:
        save(analysis, target, files)
    progress("report", 1, 1)
    return analysis


@garbage_collection_paused()
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


def _refuse_empty(tree: SourceTree, system: System) -> None:
    """An empty report would look like an answer."""
    if not system.units:
        unparsed = sum(1 for spot in system.blind_spots if spot.kind == "unparsed file")
        excluded = ", ".join(f"{count} {role}" for role, count in tree.excluded().items())
        reason = f"{unparsed} could not be parsed" if unparsed else f"all are left out of a split ({excluded})" if excluded else "they define nothing"
        raise InputError(f"{tree.base}: nothing to analyse in {len(tree.files)} Python files: {reason}.")
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


# What was done before need not be done again


def _memo_key(tree: SourceTree, options: SplitOptions) -> str:
    own = hashlib.blake2b(digest_size=16)
    own.update(_own_code())
    own.update(repr((tree.name, tree.roots, tree.unread, options.services, options.seed)).encode())
    own.update(repr(sorted((options.weights or {}).items())).encode())
    for file in tree.files:
        own.update(repr((file.path, file.module, file.role, file.digest)).encode())
    for path in tree.sql_files:
        own.update(path.encode(errors="surrogateescape"))
        try:
            own.update(Path(tree.base, path).read_bytes())
        except OSError:
            own.update(b"?")
    return own.hexdigest()


def _own_code() -> bytes:
    """A digest of this program: another version, or an edited one, remembers for itself."""
    digest = hashlib.blake2b(digest_size=16)
    folders = [resources.files("decompose")]
    while folders:
        for entry in sorted(folders.pop().iterdir(), key=lambda entry: entry.name):
            if entry.is_dir():
                folders.append(entry)
            elif not entry.name.endswith((".pyc", ".pyo")):
                digest.update(entry.read_bytes())
    return digest.digest()


def _memo_file(folder: Path, key: str) -> Path:
    return folder / "runs" / key[:2] / f"{key}.run"


def _remembered(folder: Path | None, key: str) -> _Memo | None:
    if folder is None:
        return None
    try:
        return msgspec.msgpack.decode(zlib.decompress(_memo_file(folder, key).read_bytes()), type=_Memo)
    except (OSError, zlib.error, msgspec.DecodeError):
        return None


def _remember(folder: Path | None, key: str, memo: _Memo) -> None:
    if folder is None:
        return
    file = _memo_file(folder, key)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        partial = file.with_suffix(".partial")
        partial.write_bytes(zlib.compress(msgspec.msgpack.encode(memo), _MEMO_LEVEL))
        partial.replace(file)
    except OSError:
        return  # a cache that cannot be written is no reason to fail


# Comparing and explaining


def with_partition(analysis: Analysis, file: Path) -> Analysis:
    """The analysis with one more candidate: the partition in a CSV file with the columns ``id,service``."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise InputError(f"{file}: cannot be read ({problem}).") from problem
    rows = csv.DictReader(io.StringIO(text))
    if not {"id", "service"} <= set(rows.fieldnames or ()):
        raise InputError(f"{file}: needs a header line with the columns id,service (found: {', '.join(rows.fieldnames or ()) or 'nothing'}).")
    assignment = {row["id"].strip(): (row["service"] or "").strip() for row in rows if row["id"]}
    if not assignment:
        raise InputError(f"{file}: has no rows.")
    split = split_from_assignment(analysis.system, assignment, file.stem)
    split = scored(Scorer(EvidenceGraph(analysis.system)), split)
    return msgspec.structs.replace(analysis, splits=(*analysis.splits, split))


def compare(first: Analysis, names: Sequence[str] = (), second: Analysis | None = None) -> list[Comparison]:
    """Compare splits of a run with each other, or the recommended (or named) split of two runs."""
    if second is not None:
        name = names[0] if names else ""
        return [compare_splits(_split(first, name), _split(second, name))]
    chosen = [_split(first, name) for name in names] if names else [s for s in first.splits if not s.trivial]
    if len(chosen) == 1:
        chosen = [_split(first, ""), *chosen] if chosen[0].name != _split(first, "").name else [*chosen, *first.splits[:1]]
    return [compare_splits(chosen[0], other) for other in chosen[1:]]


def _split(analysis: Analysis, name: str) -> Split:
    wanted = name or analysis.recommendation.split or (analysis.splits[0].name if analysis.splits else "")
    for split in analysis.splits:
        if split.name == wanted:
            return split
    raise UnknownNameError(f"{wanted or '(none)'}: this run has no such split. It has: {', '.join(s.name for s in analysis.splits)}.")


class Explanation(NamedTuple):
    """Why something is where it is. ``ties`` are services with the number of dependencies to and from it."""

    thing: str
    service: str
    confidence: float | None
    ties: list[tuple[str, int]]
    evidence: list[Dependency | Access]


def explain(analysis: Analysis, thing: str, other: str = "", split_name: str = "") -> Explanation:
    """Why ``thing`` (a unit, definition or table) is where it is, or every dependency between two things."""
    system, split = analysis.system, _split(analysis, split_name)
    service_of, owner_of = split.service_of_unit(), split.service_of_table()
    unit_of = {d.id: d.unit for d in system.definitions}
    first, second = (_resolve(system, name) if name else "" for name in (thing, other))
    place = {**service_of, **{f"table:{table}": service for table, service in owner_of.items()}}

    def ends(item: Dependency | Access) -> tuple[str, str]:
        if isinstance(item, Access):
            return item.unit or unit_of.get(item.definition, ""), f"table:{item.table}"
        return item.source_unit or unit_of.get(item.source, ""), item.target_unit or unit_of.get(item.target, "")

    found: list[Dependency | Access] = []
    ties: dict[str, int] = {}
    for item in (*system.dependencies, *system.accesses):
        pair = ends(item)
        if first not in pair or pair[0] == pair[1] or (second and second not in pair):
            continue
        found.append(item)
        if item.resolution != "guessed":
            service = place.get(pair[1] if pair[0] == first else pair[0], "")
            ties[service] = ties.get(service, 0) + 1
    order = sorted(ties.items(), key=lambda tie: (-tie[1], tie[0]))
    return Explanation(first, place.get(first, ""), split.confidence.get(first), order, found)


def _resolve(system: System, name: str) -> str:
    """The unit or ``table:NAME`` that a name means."""
    units = {unit.id for unit in system.units}
    if name in units:
        return name
    tables = {table.name for table in system.tables}
    if name.removeprefix("table:") in tables:
        return f"table:{name.removeprefix('table:')}"
    for definition in system.definitions:
        if definition.id == name:
            return definition.unit
    short = sorted(unit for unit in units if unit.endswith((f":{name}", f".{name}")))
    if len(short) == 1:
        return short[0]
    import difflib

    near = short[:5] or difflib.get_close_matches(name, sorted(units | tables), n=5, cutoff=0.5)
    hint = f" Did you mean: {', '.join(near)}?" if near else ""
    raise UnknownNameError(f"{name}: no unit or table of this name{', or more than one' if short else ''}.{hint}")


def default_output(path: Path) -> Path:
    """Where a run goes when nothing else is said: ``reports/NAME``."""
    name = path.resolve().name
    if not name:
        raise OutputError(f"{path}: has no name to call the run by. Give the run directory with -o.")
    return Path("reports") / name
