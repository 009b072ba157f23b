"""The first ten seconds: the verdict, three figures, and what is most likely to hurt."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from decompose.report.scene import Place
from decompose.system.model import CALL_KINDS

if TYPE_CHECKING:
    from decompose.report.scene import Scene


@dataclass(frozen=True)
class Figure:
    """One number, what it counts, what it means, and the section that proves it."""

    value: str
    label: str
    note: str
    anchor: str


@dataclass(frozen=True)
class Risk:
    """The biggest risk and the line that shows it."""

    text: str
    subject: str
    place: Place | None
    anchor: str


@dataclass(frozen=True)
class Verdict:
    """``recommended`` is false where the report shows a split that it advises against."""

    sentence: str
    reasons: tuple[str, ...]
    confidence: float
    recommended: bool
    split: str
    figures: tuple[Figure, ...]
    risk: Risk


def verdict(scene: Scene) -> Verdict:
    """Sum up the scene."""
    recommendation = scene.analysis.recommendation
    return Verdict(
        sentence=recommendation.sentence,
        reasons=recommendation.reasons,
        confidence=recommendation.confidence,
        recommended=recommendation.split == scene.split.name,
        split=scene.split.name,
        figures=(_services(scene), _crossing_calls(scene), _crossing_data(scene)),
        risk=_biggest_risk(scene),
    )


def _services(scene: Scene) -> Figure:
    sizes = sorted((len(service.units) for service in scene.split.services), reverse=True)
    units = len(scene.system.units)
    placed = sum(sizes) + len(scene.split.shared)
    share = f"the largest holds {_percent(sizes[0], placed)} of the code units" if sizes and placed else ""
    shared = f"; {len(scene.split.shared):,} are a shared library" if scene.split.shared else ""
    return Figure(_number(len(sizes)), _plural("service", len(sizes)), f"{units:,} units: {share}{shared}", "services")


def _crossing_calls(scene: Scene) -> Figure:
    crossing = sum(cut.family == "calls" and cut.resolution != "guessed" for cut in scene.cuts)
    ends = (
        scene.units.ends(edge)
        for edge in scene.system.dependencies
        if edge.kind in CALL_KINDS and edge.resolution != "guessed"
    )
    between = sum(source != target for source, target in ends)
    note = f"of {between:,} calls between units, {_percent(crossing, between)}"
    return Figure(_number(crossing), f"{_plural('call', crossing)} would become remote", note, "cuts")


def _crossing_data(scene: Scene) -> Figure:
    tables = {cut.target for cut in scene.cuts if cut.family == "data" and cut.resolution != "guessed"}
    writes = {
        cut.target for cut in scene.cuts if cut.family == "data" and cut.resolution != "guessed" and cut.kind != "read"
    }
    note = f"of {len(scene.system.tables):,}; {len(writes):,} {'is' if len(writes) == 1 else 'are'} also written from outside"
    label = (
        f"{_plural('table', len(tables))} used by a service that does not own {'it' if len(tables) == 1 else 'them'}"
    )
    return Figure(_number(len(tables)), label, note, "tables")


def _biggest_risk(scene: Scene) -> Risk:
    """Lost atomicity first, then shared writes, then cascades, then chatter: the order of what is hard to mend."""
    database = scene.database
    if database and database.spanning_transactions:
        spanning = database.spanning_transactions
        widest = max(spanning, key=lambda item: (len(item.services), len(item.transaction.tables_written)))
        transaction = widest.transaction
        many = len(spanning)
        text = (
            f"{many} {_plural('transaction', many)} {'writes' if many == 1 else 'write'} tables of more than one service "
            f"and cannot stay atomic; the widest spans {' and '.join(widest.services)}:"
        )
        place = scene.place(transaction.file, transaction.line)
        return Risk(text, transaction.definition, place, "transactions")
    writes = [cut for cut in scene.cuts if cut.family == "data" and cut.kind != "read" and cut.resolution != "guessed"]
    if writes:
        often = Counter(cut.target for cut in writes)
        first = min(writes, key=lambda cut: (-often[cut.target], cut.target))
        text = (
            f"tables are written by services that do not own them ({len(writes)} places), most of all {first.target}:"
        )
        return Risk(text, first.source, scene.place(first.file, first.line), "accesses")
    if database and database.cut_foreign_keys:
        cut_key = database.cut_foreign_keys[0].key
        keys = len(database.cut_foreign_keys)
        text = f"{keys} {_plural('foreign key', keys)} would no longer be enforced by the database, such as"
        subject = f"{cut_key.table} → {cut_key.target_table}"
        return Risk(text, subject, Place(cut_key.file, cut_key.line), "keys")
    if scene.cuts_of_pair:
        (source, target), cuts = max(scene.cuts_of_pair.items(), key=lambda item: (len(item[1]), item[0]))
        text = f"the closest tie between two services, with {len(cuts)} {_plural('cut', len(cuts))}:"
        return Risk(text, f"{source} → {target}", None, "cuts")
    return Risk("nothing that was found crosses a boundary; look at what could not be known", "", None, "blind-spots")


def _number(value: int) -> str:
    return f"{value:,}"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "none"


def _plural(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}s"
