"""The stages in their order: from a source tree to the files of a run directory."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path

import msgspec

from decompose.boundaries import KEPT, Earlier, Smallest, SplitOptions, Start, propose
from decompose.boundaries.generators import GENERATORS
from decompose.boundaries.graph import EvidenceGraph
from decompose.boundaries.scores import Scorer
from decompose.errors import InputError
from decompose.facts import Collected
from decompose.facts.collect import garbage_collection_paused
from decompose.linking.libraries import load_summaries
from decompose.linking.sql_text import looks_like_sql
from decompose.plan.effort import units_of
from decompose.plan.following import following
from decompose.plan.step import EffortUnits
from decompose.report.outcome import outcome_of
from decompose.report.page import load_templates
from decompose.report.view import Known, View, counted, make_view
from decompose.runs.analysis import FORMAT_VERSION, Analysis
from decompose.runs.configuration import Configuration
from decompose.runs.document import encodable, encode
from decompose.runs.earlier import earlier_of
from decompose.runs.memory import Memo
from decompose.runs.partition import read_partition
from decompose.runs.pins import pins_of
from decompose.sources import SourceTree, imports_in
from decompose.sources.history import commits_of
from decompose.sources.reading import read_file
from decompose.standing_together import standing_together
from decompose.system import build_system
from decompose.system.model import System
from decompose.system.model.monolith import CHANGED, BlindSpot
from decompose.system.schema.catalogue import Catalogue
from decompose.system.words import words_of
from decompose.version import __version__

Progress = Callable[[str, int, int], None]

_MISSED = ("unparsed file", "too large", "unreadable file")


@garbage_collection_paused()
def analyse(
    tree: SourceTree,
    collected: Collected,
    options: SplitOptions,
    progress: Progress = lambda *_: None,
    effort: Mapping[str, str | tuple[float, float]] | None = None,
    catalogues: Sequence[Catalogue] = (),
    jobs: int | None = None,
    finished: Callable[[bytes], None] = lambda _: None,
    changed: Callable[[], Sequence[str]] = lambda: (),
) -> Memo:
    """All stages after the facts, up to the files of the run directory.

    ``effort``: the assumptions by which counted work becomes effort, as configured. ``catalogues``: schemas given beside the code.
    ``jobs``: how many processes may work at once. ``finished`` is told the ``analysis.json``, before the report is made of it.
    ``changed`` is asked, when all files have been read, which of them somebody has written to meanwhile.
    """
    analysis, known = _analysed(tree, collected, options, units_of(effort or {}), catalogues, progress, jobs, changed)
    progress("report", 0, 1)
    try:
        document = encode(analysis)
    except UnicodeEncodeError:
        analysis, known = encodable(analysis), None
        document = encode(analysis)
    finished(document)
    view = make_view(analysis, known=known)
    outcome = msgspec.structs.replace(outcome_of(view), unfitted_excludes=tree.unfitted_excludes)
    return Memo(document, render(view), outcome)


def steering(
    base: Path, configuration: Configuration, services: tuple[int, int] | None, start_from: Path | None
) -> SplitOptions:
    """Everything that steers the split: what is configured, the history, and the split to start from."""
    start: Start | Earlier | None = None
    if start_from is not None:
        start = earlier_of(start_from) or _by_hand(start_from)
    return SplitOptions(
        services=services,
        weights=configuration.weights or None,
        pins=pins_of(base, configuration),
        start=start,
        commits=commits_of(base),
        smallest=_smallest(configuration),
    )


def _by_hand(given: Path) -> Start:
    taken = {"consensus", "refined", *(generator.name for generator in GENERATORS)}
    partition = read_partition(given)
    file = partition.file
    return Start(file.stem if file.stem not in taken else file.name, tuple(partition.placements))


def _smallest(configuration: Configuration) -> Smallest:
    given = {"lines": configuration.min_lines, "tables": configuration.min_tables}
    return Smallest(**{name: least for name, least in given.items() if least is not None})


_SAMPLE = 60
LARGE = 250_000
"""From so many lines on the memory that goes back is worth the time: a hundredth of a run."""
_DIALECTS = tuple(f"sqlglot.dialects.{name}" for name in ("postgres", "mysql", "sqlite"))
"""Loaded between what is given back, they would keep it from going back."""


def load_ahead(tree: SourceTree) -> None:
    """Load what the stages load only when they need it, for when there is nothing else to do."""
    load_summaries(_imported_by_some(tree))
    for name in ("numpy", "graspologic_native", "sqlglot", *_DIALECTS, "jinja2", "jinja2.ext", "pygraphviz"):
        with contextlib.suppress(ImportError):  # whoever needs it says so
            import_module(name)
    load_templates()


def _imported_by_some(tree: SourceTree) -> frozenset[str]:
    """The packages that a sample of the files imports: the more files need one, the surer it is among them."""
    files = tree.to_parse()
    found: set[str] = set()
    for file in files[:: max(1, len(files) // _SAMPLE)]:
        with contextlib.suppress(OSError):
            found |= imports_in(read_file(Path(tree.base, file.path)))
    return frozenset(found)


def _analysed(
    tree: SourceTree, collected: Collected, options: SplitOptions, units: EffortUnits, catalogues: Sequence[Catalogue],
    progress: Progress, jobs: int | None, changed: Callable[[], Sequence[str]],
) -> tuple[Analysis, Known | None]:  # fmt: skip
    def built() -> System:
        system = build_system(tree, collected=collected, catalogues=catalogues, progress=progress, jobs=jobs)
        collected.facts.clear()  # all that they say is in the system now; of a large program they are hundreds of megabytes
        if system.lines >= LARGE:
            words_of.cache_clear()
            looks_like_sql.cache_clear()
        return _with_changed(system, changed())

    system = standing_together(built, worth_it=lambda system: system.lines >= LARGE)
    _refuse_empty(tree, system)
    progress("boundaries", 0, 1)
    scorer = Scorer(EvidenceGraph(system), options.commits)
    known = Known(system, scorer)
    before = options.start.order if isinstance(options.start, Earlier) else ()
    with following(system, units, scorer, jobs) as beside:
        proposal = propose(
            system,
            options,
            scorer,
            lambda split: beside.begin(split, before if split.name == KEPT else ()),
            beside.score,
        )
        progress("boundaries", 1, 1)
        chosen = [split.name for split in proposal.splits if not split.trivial]
        followed = beside.of(chosen, proposal.recommendation.shown, known.look_up)
    analysis = Analysis(
        format_version=FORMAT_VERSION,
        decompose_version=__version__,
        system=system,
        splits=proposal.splits,
        recommendation=proposal.recommendation,
        databases=tuple(found.database for found in followed),
        plans=tuple(found.plan for found in followed),
        commits=_of_units(options.commits, system),
        clusterings=proposal.clusterings,
        packages=proposal.packages,
        ladder=proposal.ladder,
        toss_ups=proposal.toss_ups,
    )
    return analysis, known


def _with_changed(system: System, changed: Sequence[str]) -> System:
    """The system, of which it is said that some files were written to while it was read."""
    if not changed:
        return system
    reason = "somebody wrote to it while it was read: what is told of it may be of before and of after"
    spots = [BlindSpot(kind=CHANGED, definition="", file=file, line=0, reason=reason) for file in changed]
    in_order = sorted((*spots, *system.blind_spots), key=lambda spot: spot.kind)
    return msgspec.structs.replace(system, blind_spots=tuple(in_order))


def _of_units(commits: Sequence[Sequence[str]], system: System) -> tuple[tuple[str, ...], ...]:
    """What is scored again of a history: files that hold units."""
    files = {unit.file for unit in system.units}
    known = (tuple(file for file in changed if file in files) for changed in commits)
    return tuple(changed for changed in known if changed)


def _refuse_empty(tree: SourceTree, system: System) -> None:
    """An empty report would look like an answer."""
    if not system.units:
        excluded = ", ".join(f"{count} {role}" for role, count in tree.excluded().items())
        reason = _not_read(system) or (
            f"all are left out of a split ({excluded})" if excluded else "they define nothing"
        )
        raise InputError(f"{tree.base}: nothing to analyse in {counted(len(tree.files), 'Python file')}: {reason}.")
    if len(system.units) > 1 and not system.dependencies and not system.accesses:
        roots = ", ".join(root.path for root in tree.roots)
        reason = _not_read(system) or f"the roots are probably wrong (taken: {roots}); give them with --root"
        raise InputError(f"{tree.base}: no dependency was found between {len(system.units)} units: {reason}.")


def _not_read(system: System) -> str:
    """What could not be read, counted, with the first; empty if everything could be."""
    spots = [spot for spot in system.blind_spots if spot.kind in _MISSED]
    if not spots:
        return ""
    return f"{counted(len(spots), 'file')} could not be read, such as {spots[0].file} ({spots[0].reason})"


def render(view: View) -> dict[str, bytes]:
    """The files of a run directory beside ``analysis.json``."""
    from decompose.report import render_html, service_dot, unit_graphml

    return {"report.html": render_html(view), "graph.dot": service_dot(view), "graph.graphml": unit_graphml(view)}
