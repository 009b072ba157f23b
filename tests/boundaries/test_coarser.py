"""A verdict against splitting looks at fewer services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.boundaries.coarser import or_merged
from decompose.boundaries.graph import EvidenceGraph
from decompose.boundaries.partition import split_from_assignment
from decompose.boundaries.recommend import Smallest, recommend
from decompose.boundaries.scores import Scorer, scored

if TYPE_CHECKING:
    from decompose.boundaries.split import Recommendation, Split
    from tests.conftest import Draw

PAIRS = (("bills", "carts"), ("posts", "users"), ("rooms", "halls"))


def verdict_on(draw: Draw, *, alone: int = 0, beyond: int = 0) -> tuple[Recommendation, list[Split]]:
    """What is said of six packages, a service each. The ten functions of the first of a pair write its table and that of the second, except as
    many as write ``alone``, and as many as write to another pair (``beyond``); the four of the second write its own.
    """
    files: dict[str, str] = {}
    for number, (first, second) in enumerate(PAIRS):
        far = PAIRS[(number + 1) % len(PAIRS)][1]
        for name, partner, count in ((first, second, 10), (second, first, 4)):
            functions = ""
            for n in range(count):
                both = name == first and n >= alone
                written = [name, *([partner] if both else []), *([far] if name == first and n < beyond else [])]
                body = "".join(f"        {one.title()}.objects.update(n=1)\n" for one in written)
                functions += f"def {name}_{n}():\n    with transaction.atomic():\n{body}"
            imports = "".join(f"from {one}.models import {one.title()}\n" for one in (name, partner, far))
            files |= {
                f"{name}/__init__.py": "",
                f"{name}/models.py": f"from django.db import models\nclass {name.title()}(models.Model): pass\n",
                f"{name}/places.py": f"from django.db import transaction\n{imports}{functions}",
            }
    system = draw(files).system
    graph = EvidenceGraph(system)
    scorer = Scorer(graph)
    homes = {unit.id: unit.id.partition(".")[0] for unit in system.units}
    fine = scored(scorer, split_from_assignment(system, homes, "by hand", graph))
    against = recommend(system, [fine], smallest=Smallest(lines=0, tables=0))
    splits, verdict = or_merged(scorer, [fine], against, lambda split: scored(scorer, split))
    return verdict, splits


def test_what_is_unsound_only_by_what_crosses_is_recommended_merged(draw: Draw) -> None:
    verdict, splits = verdict_on(draw)
    assert (verdict.split, len(splits[-1].services)) == ("merged", 3)
    assert verdict.sentence.startswith("Split into 3 services (merged)")
    why, room, *_ = verdict.reasons
    assert why.startswith("by hand itself is not sound: 71% of the writing transactions would span services")
    assert "merged from 6 services to 3, as far as each merge pays: " in why
    assert "at most 37% of the calls may cross" in room


def test_what_is_only_just_sound_once_merged_is_not_recommended(draw: Draw) -> None:
    verdict, splits = verdict_on(draw, beyond=7)
    assert verdict.split == ""
    assert verdict.sentence.startswith("Do not split")
    assert len(splits) == 1


def test_what_is_sound_as_it_is_stays(draw: Draw) -> None:
    verdict, splits = verdict_on(draw, alone=6)
    assert (verdict.split, len(splits)) == ("by hand", 1)
