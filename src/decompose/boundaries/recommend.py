"""Which split to recommend, or none, with the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from statistics import mean
from typing import NamedTuple

from decompose.boundaries.agreement import adjusted_rand_index
from decompose.boundaries.by_layer import BROKEN, breaking_less
from decompose.boundaries.generators import GENERATORS
from decompose.boundaries.generators.refinement import SAFE, TRADED
from decompose.boundaries.scores import DIRECTIONS
from decompose.boundaries.soundness import (
    MAX_SPANNING,
    MIN_TRANSACTIONS,
    ROOM,
    USUAL,
    Smallest,
    flaws_of,
    has_room,
    ledgers,
    only_by_cascade,
    only_by_class,
    reasons_against,
    spanning_in,
    value_of,
    written_tables,
)
from decompose.boundaries.split import Recommendation, Split
from decompose.system.model import System
from decompose.wording import only_of_them

MERGED = "merged"
"""The name of the split that is made of another by merging its services."""

PACKAGES = "one-per-package"
"""The name of the split that everybody has in mind: the packages as they are."""

AGREED = ("consensus", SAFE)
"""The candidates that most ways of looking agree on."""

_ALONE = frozenset(generator.name for generator in GENERATORS)
_ONLY_JUST = "it is only just sound ({}), and what one way of looking tells alone has to be sound with room to spare where the consensus is not"
_UNSURE = "it is not sure that at most {:.0%} of the writing transactions span services"

_LESS = (
    "{0} breaks nothing more than {1}, and something less, and other seeds and weights agree about equally with it; {1} is mostly made of "
    "modules as wholes, and here modules say little: the code is laid out by layer"
)

FINEST = 0.5
"""Differences of less than this share say nothing: other seeds, or 1 % of the calls and accesses put elsewhere, move each score by
about a seventh, and so their difference by a fifth; twice that and a little more is hardly chance.
"""

EQUAL_TRUST = 0.1
"""Agreement with the ensemble differs by nearly as much from one seed to another (of modules as wholes by 0.09 on one application)."""

CHANGE = ("lockstep", "inter_call")
"""The first of these that was computed stands for what changes together."""

DATA = tuple(name for name in BROKEN if name not in CHANGE)

_TOLD = (*DATA, "lockstep", "inter_call", "remote_calls", "independence", "seed_agreement")
_NAMED = 2


class Standing(NamedTuple):
    """How far a split is from chance, in standard deviations: more is better. ``trust`` is its agreement with the ensemble."""

    data: float
    change: float
    trust: float

    def beats(self, other: Standing) -> bool:
        """Whether it is clearly better by data or by change, and by neither of them clearly worse."""
        pairs = ((self.data, other.data), (self.change, other.change))
        better = any(a - b > FINEST * abs(a) for a, b in pairs)
        return better and not any(b - a > FINEST * abs(b) for a, b in pairs)


def standing(split: Split) -> Standing:
    """Where a split stands: the mean z of what it does to the data, and the z of what it does to change.

    Against shuffles of its own sizes, for every count of broken things is best where little is split.
    """
    z = {score.name: score.z * DIRECTIONS[score.name] for score in split.scores if score.z is not None}
    data = [z[name] for name in DATA if name in z]
    change = next((z[name] for name in CHANGE if name in z), 0.0)
    return Standing(round(sum(data) / len(data), 2) if data else 0.0, change, value_of(split, "seed_agreement"))


def recommend(
    system: System,
    splits: Sequence[Split],
    services: tuple[int, int] | None = None,
    smallest: Smallest = USUAL,
) -> Recommendation:
    """The best candidate by what it does to data and change, or none when splitting would not help.

    Of the sound candidates that no other clearly beats (`Standing.beats`), that which the ensemble agrees with most, or, of code that is laid
    out by layer, what breaks less (`breaking_less`). A range of ``services`` that was asked for is kept if any sound candidate keeps it.
    """
    reasons = reasons_against(system, smallest)
    best = _best(system, splits, services)
    if reasons:
        return Recommendation(
            split="", sentence=f"Do not split: {reasons[0]}.", reasons=tuple(reasons), nearest=best.shown
        )
    return best


def kept_to(system: System, split: Split, summary: str, changes: Sequence[str]) -> Recommendation:
    """What is said of a split that was decided on before: it is shown, whatever else would be proposed now.

    ``summary`` and ``changes`` say what became of it.
    """
    apart = ledgers(system)
    flaws = flaws_of(system, split, apart)
    told = (f"proposed anew, it would not be recommended: {'; '.join(flaws)}",) if flaws else ()
    return Recommendation(
        split=split.name,
        sentence=f"{sentence_of(system, split, apart)} {summary}",
        reasons=(*changes, *told),
        confidence=round(mean_confidence(split), 3),
    )


def told_of_range(splits: Sequence[Split], verdict: Recommendation, services: tuple[int, int]) -> str:
    """That the shown split has another number of services than was asked for, and why; empty where it has that."""
    fewest, most = services
    counts = {split.name: len(split.services) for split in splits if not split.trivial and len(split.services) > 1}
    shown = counts.get(verdict.shown, fewest)
    if fewest <= shown <= most or not counts:
        return ""
    if max(counts.values()) < fewest:
        why = f"no candidate has more than {max(counts.values())}"
    elif min(counts.values()) > most:
        why = f"no candidate has fewer than {min(counts.values())}"
    elif any(fewest <= count <= most for count in counts.values()):
        why = "no candidate that has so many is sound"
    else:
        why = f"the candidates have {', '.join(map(str, sorted(set(counts.values()))))}"
    asked = f"{fewest:,}" if fewest == most else f"{fewest:,} to {most:,}"
    return f"Not the {asked} services that were asked for: {why}."


def _best(system: System, splits: Sequence[Split], services: tuple[int, int] | None) -> Recommendation:
    # What was bought for one score with others is for looking at: judged by that score it would win over everything.
    candidates = [s for s in splits if not s.trivial and len(s.services) > 1 and not s.name.endswith(TRADED)]
    apart = ledgers(system)
    flaws = {s.name: flaws_of(system, s, apart) for s in candidates}
    if services is None:
        flaws |= _without_room(system, candidates, flaws, apart)
    sound = [s for s in candidates if not flaws[s.name]]
    if not sound:
        packages = [s for s in splits if s.name == PACKAGES and len(s.services) > 1]
        return _none(candidates, flaws | {s.name: flaws_of(system, s, apart) for s in packages})
    least, most = services or (1, len(system.units))
    off = {s.name: max(least - len(s.services), len(s.services) - most, 0) for s in sound}
    fitting = [s for s in sound if off[s.name] == min(off.values())]
    stands = {s.name: standing(s) for s in splits}
    front = [s for s in fitting if not any(stands[o.name].beats(stands[s.name]) for o in fitting)]
    # Who asks for fewer services is told what fewer would bring, and gets that.
    asked = next((s for s in fitting if services and s.name == MERGED), None)
    agreed = asked or _trusted(front)
    less = None if asked else breaking_less(agreed, fitting, splits, EQUAL_TRUST)
    best = less or agreed
    equal = [s.name for s in candidates if s is not best and _parts(s) == _parts(best)]
    rivals = sorted(
        (s for s in candidates if s is not best and s.name not in equal),
        key=lambda s: (s not in fitting, s not in front, -stands[s.name].trust, splits.index(s)),
    )
    rivals = rivals[: _NAMED - 1] + [s for s in splits if s.name == PACKAGES] + rivals[_NAMED - 1 :]
    close = "; ".join(flaws_of(system, best, apart, ROOM))
    near = [f"it is close to what is not accepted, and other seeds or a little more code may change that: {close}"]
    agreement = (f"{' and '.join(equal)} arrived at the same split by another way",) if equal else ()
    return Recommendation(
        split=best.name,
        sentence=sentence_of(system, best, apart),
        reasons=(
            *agreement,
            *(_against(best, other) for other in rivals[:_NAMED]),
            _LESS.format(best.name, agreed.name) if less else _why(best, front, stands),
            *(near if close else []),
        ),
        confidence=round(mean_confidence(best), 3),
    )


def _without_room(
    system: System, candidates: Sequence[Split], flaws: Mapping[str, list[str]], apart: tuple[str, ...]
) -> dict[str, list[str]]:
    """What is said against those that are only just sound, by one way of looking alone, where what most ways agree on is not."""
    agreed = [s.name for s in candidates if s.name in AGREED]
    if not all(flaws[name] for name in agreed):
        return {}
    alone = [
        s for s in candidates if agreed and s.name in _ALONE and not flaws[s.name] and not has_room(system, s, apart)
    ]
    return {
        s.name: [_ONLY_JUST.format("; ".join(flaws_of(system, s, apart, ROOM)) or _UNSURE.format(MAX_SPANNING))]
        for s in alone
    }


def how_sure(system: System, verdict: Recommendation, remade: Sequence[Split]) -> str:
    """In words, how far a verdict holds where the consensus is ``remade`` from parts of the ensemble."""
    apart = ledgers(system)
    flaws = [flaws_of(system, split, apart) for split in remade]
    counts = " and ".join(str(len(split.services)) for split in remade)
    parts = f"made again from each half of the clusterings, the consensus has {counts} services"
    agree = mean(
        adjusted_rand_index([(place, other[thing]) for thing, place in one.items()])
        for one, other in combinations((split.services_of() for split in remade), 2)
    )
    parts += f", which agree with each other by {agree:.2f} (adjusted Rand index)"
    against = next((found[0] for found in flaws if found), "")
    if verdict.split:
        return f"{parts}; one of them would not be recommended: {against}" if against else f"{parts}; both are sound"
    return f"{parts}; neither is sound" if all(flaws) else f"{parts}; not both of them have to be rejected"


def _none(candidates: Sequence[Split], flaws: dict[str, list[str]]) -> Recommendation:
    if not candidates:
        return Recommendation(split="", sentence="Do not split: no candidate divides this application.")
    fewest = min(len(flaws[s.name]) for s in candidates)
    near = [s for s in candidates if len(flaws[s.name]) == fewest]
    nearest = next((s for s in near if s.name in AGREED), None) or _trusted(near)
    return Recommendation(
        split="",
        sentence=f"Do not split: even in the best candidate ({nearest.name}) {' and '.join(flaws[nearest.name])}.",
        reasons=tuple(
            f"{name}: {'; '.join(found) or 'sound, but drawn by folders alone'}" for name, found in flaws.items()
        ),
        nearest=nearest.name,
    )


def _trusted(splits: Sequence[Split]) -> Split:
    """Of those that the ensemble agrees with about equally the first, which is the consensus if it is among them."""
    most = max(standing(s).trust for s in splits)
    return next(s for s in splits if standing(s).trust >= most - EQUAL_TRUST)


def mean_confidence(split: Split) -> float:
    """How sure it is where things belong, in the mean over all."""
    return sum(split.confidence.values()) / len(split.confidence) if split.confidence else 0.0


def _parts(split: Split) -> set[tuple[tuple[str, ...], tuple[str, ...]]]:
    return {(service.units, service.tables) for service in split.services}


def sentence_of(system: System, split: Split, apart: tuple[str, ...]) -> str:
    """The verdict for a split in a sentence."""
    written = written_tables(system)
    single = round(value_of(split, "single_writer_tables") * len(written))
    spanning, writing = spanning_in(system, split)
    without = spanning - spanning_in(system, split, apart)[0]
    only = [f"{only_of_them(without, spanning)} by {', '.join(apart)}, which everything appends to"] if without else []
    if writing >= MIN_TRANSACTIONS and (spanning - without) / writing > MAX_SPANNING:
        only.append(f"more than the {MAX_SPANNING:.0%} that is accepted, but too few are seen to be sure")
    cascaded = only_by_cascade(system, split)
    only += [f"{only_of_them(cascaded, spanning)} by cascades of deleted rows"] if cascaded else []
    some = only_by_class(system, split)
    only += [f"{only_of_them(some, spanning)} for some classes of an object"] if some else []
    besides = f" ({'; '.join(only)})" if only else ""
    spans = f"{spanning} of {writing} writing transactions would span services{besides}"
    return (
        f"Split into {len(split.services)} services ({split.name}): "
        f"{single} of {len(written)} written tables have a single writing service, "
        f"{spans if writing else 'no transaction was seen to write'}, "
        f"and {value_of(split, 'inter_call'):.0%} of the calls would cross."
    )


def _why(best: Split, front: Sequence[Split], stands: dict[str, Standing]) -> str:
    mine = stands[best.name]
    where = f"{best.name} lies {mine.data:.1f} standard deviations from chance by data and {mine.change:.1f} by change"
    if best.name == MERGED:
        return f"{where}; it is {best.generator}"
    if len(front) == 1:
        return f"{where}; no other sound candidate is clearly better by either without being clearly worse by the other"
    others = ", ".join(s.name for s in front if s is not best)
    return f"{where}; {others} could not be ruled out by these, but other seeds and weights agree less with it ({mine.trust:.2f} here)"


def _against(best: Split, other: Split) -> str:
    """What an alternative does better and worse."""
    better: list[str] = []
    worse: list[str] = []
    ours, theirs = ({score.name: score.value for score in split.scores} for split in (best, other))
    for name in _TOLD:
        if name in ours and name in theirs and f"{theirs[name]:.2f}" != f"{ours[name]:.2f}":
            text = f"{name.replace('_', ' ')} {theirs[name]:.2f} against {ours[name]:.2f}"
            (better if DIRECTIONS[name] * (theirs[name] - ours[name]) > 0 else worse).append(text)
    parts = [f"{other.name} ({len(other.services)} services)"]
    parts.append(f"is better in {', '.join(better)}" if better else "is better in nothing")
    parts.append(f"and worse in {', '.join(worse)}" if worse else "and worse in nothing")
    return " ".join(parts)
