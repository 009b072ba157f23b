"""The use cases, for Python: the same as the commands."""

from __future__ import annotations

import difflib
import hashlib
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from importlib import resources
from itertools import combinations, count
from pathlib import Path
from typing import NamedTuple

import msgspec

from decompose.boundaries import Comparison, SplitOptions, compare_splits, propose, split_from_assignment
from decompose.boundaries.comparison import Move
from decompose.boundaries.graph import DEFAULT_WEIGHTS, EvidenceGraph
from decompose.boundaries.scores import Scorer, scored
from decompose.boundaries.split import Split
from decompose.database import split_database
from decompose.errors import ConfigurationError, DecomposeError, InputError, OutputError, UnknownNameError
from decompose.facts.cache import default_cache_folder
from decompose.facts.collect import garbage_collection_paused
from decompose.plan import make_plan
from decompose.report.view import View, counted, make_view
from decompose.runs import FORMAT_VERSION, Analysis, load, save
from decompose.runs.configuration import check_patterns, read_configuration, service_range
from decompose.runs.directory import check_output, decode, encodable, encode
from decompose.runs.partition import read_partition
from decompose.sources import SourceTree, check_folder, discover
from decompose.system import build_system
from decompose.system.model import Access, Dependency, ForeignKey, System, Transaction
from decompose.version import __version__

__all__ = [
    "Analysis",
    "DecomposeError",
    "Explanation",
    "analyze",
    "compare",
    "explain",
    "load",
    "render",
    "with_partition",
]

Progress = Callable[[str, int, int], None]
_MEMO_LEVEL = 1
_NEAR = 5


class _Memo(msgspec.Struct, array_like=True):
    """A finished run, remembered by everything that it depends on."""

    analysis: bytes
    files: dict[str, bytes]


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
    key = _memo_key(tree, options)
    remembered = _remembered(folder, key)
    if remembered is not None:
        analysis, memo = remembered
    else:
        analysis = _analyze(tree, options, jobs, folder, progress)
        progress("report", 0, 1)
        try:
            document = encode(analysis)
        except UnicodeEncodeError:
            analysis = encodable(analysis)
            document = encode(analysis)
        memo = _Memo(document, render(make_view(analysis)))
        _remember(folder, key, memo)
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


def _remembered(folder: Path | None, key: str) -> tuple[Analysis, _Memo] | None:
    if folder is None:
        return None
    try:
        memo = msgspec.msgpack.decode(zlib.decompress(_memo_file(folder, key).read_bytes()), type=_Memo)
        return decode(memo.analysis), memo
    except (OSError, zlib.error, msgspec.DecodeError, ValueError):
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
        return [compare_splits(_split(first, name), _split(second, name))]
    chosen = [_split(first, name) for name in names] if names else [s for s in first.splits if not s.trivial]
    if len(chosen) == 1:
        chosen = (
            [_split(first, ""), *chosen] if chosen[0].name != _split(first, "").name else [*chosen, *first.splits[:1]]
        )
    return [compare_splits(chosen[0], other) for other in chosen[1:]]


def _split(analysis: Analysis, name: str) -> Split:
    wanted = name or analysis.recommendation.split or (analysis.splits[0].name if analysis.splits else "")
    for split in analysis.splits:
        if split.name == wanted:
            return split
    raise UnknownNameError(
        f"{wanted or '(none)'}: this run has no such split. It has: {', '.join(s.name for s in analysis.splits)}."
    )


def ties_of_moved(analysis: Analysis, first: Split, second: Split, moved: Sequence[Move]) -> dict[str, tuple[int, int]]:
    """Why two splits differ: for each id that moved, its proved ties to what either split puts beside it."""
    target = {move.id: (move.first, move.second) for move in moved}
    places = _places(first), _places(second)
    counts = {identifier: [0, 0] for identifier in target}
    for tie, ends in _ties(analysis.system):
        for end in ends & target.keys() if _proved(tie) else ():
            for side in (0, 1):
                counts[end][side] += target[end][side] in {places[side].get(other) for other in ends - {end}}
    return {identifier: (before, after) for identifier, (before, after) in counts.items()}


class Join(msgspec.Struct, frozen=True):
    """A definition that touches two tables in one statement."""

    definition: str
    tables: tuple[str, str]
    resolution: str
    file: str
    line: int


Tie = Dependency | Access | ForeignKey | Transaction | Join


class Explanation(NamedTuple):
    """Why something is where it is. ``ties`` are services with the number of proved ties to and from it."""

    thing: str
    service: str
    confidence: float | None
    ties: list[tuple[str, int]]
    evidence: list[Tie]


def explain(analysis: Analysis, thing: str, other: str = "", split_name: str = "") -> Explanation:
    """Why ``thing`` (a unit, definition or table) is where it is, or everything that ties two things."""
    system, split = analysis.system, _split(analysis, split_name)
    place = _places(split)
    first, second = _resolve(system, thing), _resolve(system, other) if other else ""
    found: list[Tie] = []
    ties: Counter[str] = Counter()
    for tie, ends in _ties(system):
        others = ends - {first}
        if first in ends and others and (not second or second in others):
            found.append(tie)
            if _proved(tie):
                ties.update({place.get(end, "") for end in others})
    order = sorted(ties.items(), key=lambda tie: (-tie[1], tie[0]))
    return Explanation(first, place.get(first, ""), split.confidence.get(first), order, found)


def _places(split: Split) -> dict[str, str]:
    return {**split.service_of_unit(), **{f"table:{table}": name for table, name in split.service_of_table().items()}}


def _proved(tie: Tie) -> bool:
    return isinstance(tie, (ForeignKey, Transaction)) or tie.resolution != "guessed"


def _ties(system: System) -> Iterator[tuple[Tie, set[str]]]:
    """Everything that ties units and tables, with what it ties."""
    unit_of = {d.id: d.unit for d in system.definitions}
    statements: dict[tuple[str, str, int], list[Access]] = defaultdict(list)
    for key in system.foreign_keys:
        yield key, {f"table:{key.table}", f"table:{key.target_table}"}
    for transaction in system.transactions:
        yield transaction, {f"table:{table}" for table in transaction.tables_written}
    for access in system.accesses:
        statements[access.definition, access.file, access.line].append(access)
        yield access, {access.unit or unit_of.get(access.definition, ""), f"table:{access.table}"}
    for (definition, file, line), accesses in sorted(statements.items()):
        resolution = {access.table: access.resolution for access in accesses}
        for one, two in combinations(sorted(resolution), 2):
            weaker = "guessed" if "guessed" in (resolution[one], resolution[two]) else resolution[one]
            yield Join(definition, (one, two), weaker, file, line), {f"table:{one}", f"table:{two}"}
    for dependency in system.dependencies:
        source = dependency.source_unit or unit_of.get(dependency.source, "")
        yield dependency, {source, dependency.target_unit or unit_of.get(dependency.target, "")}


def _resolve(system: System, name: str) -> str:
    """The unit or ``table:NAME`` that a name means."""
    unit_of = {**{d.id: d.unit for d in system.definitions}, **{unit.id: unit.id for unit in system.units}}
    tables = {table.name for table in system.tables}
    if name in unit_of:
        return unit_of[name]
    if name.removeprefix("table:") in tables:
        return f"table:{name.removeprefix('table:')}"
    meant = sorted(i for i in unit_of if i.endswith((f":{name}", f".{name}"))) if name else []
    if len({unit_of[identifier] for identifier in meant}) == 1:
        return unit_of[meant[0]]
    if meant:
        more = f" and {len(meant) - _NEAR} more" if len(meant) > _NEAR else ""
        raise UnknownNameError(
            f"{name}: {len(meant)} definitions end so: {', '.join(meant[:_NEAR])}{more}. Give one of them."
        )
    near = _near(name, [*unit_of, *sorted(tables)])
    hint = f" Did you mean: {', '.join(near)}?" if near else ""
    raise UnknownNameError(f"{name or '(nothing)'}: this run has no unit or table of this name.{hint}")


def _near(name: str, known: Sequence[str]) -> list[str]:
    """The most similar of the known names, by their last part."""
    wanted = name.rpartition(":")[2].lower()
    inside = sorted((i for i in known if wanted and wanted in i.rpartition(":")[2].lower()), key=lambda i: (len(i), i))
    last = {identifier.rpartition(":")[2].rpartition(".")[2].lower(): identifier for identifier in known}
    alike = [last[part] for part in difflib.get_close_matches(wanted, sorted(last), n=_NEAR, cutoff=0.6)]
    return list(dict.fromkeys([*inside, *alike]))[:_NEAR]


def default_output(path: Path) -> Path:
    """Where a run goes when nothing else is said: ``reports/NAME``."""
    try:
        name = path.resolve().name
    except OSError:
        name = path.name
    if not name:
        raise OutputError(f"{path}: has no name to call the run by. Give the run directory with -o.")
    return Path("reports") / name
