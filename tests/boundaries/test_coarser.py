"""A verdict against splitting looks at fewer services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.boundaries import SplitOptions, propose
from decompose.boundaries.coarser import or_merged
from decompose.boundaries.graph import EvidenceGraph
from decompose.boundaries.partition import split_from_assignment
from decompose.boundaries.recommend import recommend
from decompose.boundaries.scores import Scorer, scored
from decompose.boundaries.soundness import Smallest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from decompose.boundaries.split import Recommendation, Split
    from decompose.system.model import System
    from tests.conftest import Draw

PAIRS = (("bills", "carts"), ("posts", "users"), ("rooms", "halls"))


def six_packages(draw: Draw, *, alone: int = 0, beyond: int = 0) -> System:
    """Six packages. The ten functions of the first of a pair write its table and that of the second, except as many as write ``alone``, and as
    many as write to another pair (``beyond``); the four of the second write its own.
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
    return draw(files).system


def divided(scorer: Scorer, homes: Mapping[str, str], name: str) -> Split:
    """A split in which packages that have the same home are one service, and every other is its own."""
    units = [unit.id for unit in scorer.graph.system.units]
    packages = {unit: unit.partition(".")[0] for unit in units}
    placed = {unit: homes.get(package, package) for unit, package in packages.items()}
    return scored(scorer, split_from_assignment(scorer.graph.system, placed, name, scorer.graph))


def verdict_on(
    system: System, name: str = "by hand", halves: Sequence[Mapping[str, str]] = ()
) -> tuple[Recommendation, list[Split]]:
    """What is said of packages, a service each, where ``halves`` of the clusterings divide them so."""
    scorer = Scorer(EvidenceGraph(system))
    fine = divided(scorer, {}, name)
    remade = [divided(scorer, homes, "half") for homes in halves]
    against = recommend(system, [fine], smallest=Smallest(lines=0, tables=0))
    splits, verdict = or_merged(scorer, [fine], against, lambda split: scored(scorer, split), remade=remade)
    return verdict, splits


def test_what_is_unsound_only_by_what_crosses_is_recommended_merged(draw: Draw) -> None:
    verdict, splits = verdict_on(six_packages(draw))
    assert (verdict.split, len(splits[-1].services)) == ("merged", 3)
    assert verdict.sentence.startswith("Split into 3 services (merged)")
    why, room, *_ = verdict.reasons
    assert why.startswith("by hand itself is not sound: 71% of the writing transactions would span services")
    assert "merged from 6 services to 3, as far as each merge pays: " in why
    assert "at most 37% of the calls may cross" in room


def test_what_is_only_just_sound_once_merged_is_not_recommended(draw: Draw) -> None:
    verdict, splits = verdict_on(six_packages(draw, beyond=7))
    assert verdict.split == ""
    assert verdict.sentence.startswith("Do not split")
    assert len(splits) == 1


def test_what_is_sound_as_it_is_stays(draw: Draw) -> None:
    verdict, splits = verdict_on(six_packages(draw, alone=6))
    assert (verdict.split, len(splits)) == ("by hand", 1)


def test_both_halves_of_the_clusterings_have_to_be_sound_once_merged(draw: Draw) -> None:
    system = six_packages(draw)
    verdict, _ = verdict_on(system, "consensus", [{}, {"bills": "carts"}])
    assert verdict.split == "merged"
    assert verdict.reasons[2].endswith("merged as far as that pays, there are 3 and 3 services; both are sound")

    verdict, splits = verdict_on(system, "consensus", [{}, dict.fromkeys(("bills", "carts", "posts", "users"), "most")])
    assert (verdict.split, len(splits)) == ("", 1)
    assert "merged to 3 services it would be sound, but that is chance" in verdict.reasons[-1]
    assert "there are 3 and 2 services, and not both are sound: one service holds 67%" in verdict.reasons[-1]


def test_the_ladder_of_what_is_merged_begins_at_the_finer_split(draw: Draw) -> None:
    files: dict[str, str] = {}
    for first, second in PAIRS:
        for name, partner in ((first, second), (second, first)):
            reading = "".join(
                f"def {name}_{n}():\n    {name.title()}.objects.get()\n    return {name}_{n + 1}()\n" for n in range(20)
            )
            saving = "".join(
                f"def save_{n}():\n    {name}_{n}()\n    with transaction.atomic():\n"
                f"        {name.title()}.objects.update(n=1)\n        {partner.title()}.objects.update(n=1)\n"
                for n in range(4)
            )
            imports = "".join(f"from {one}.models import {one.title()}\n" for one in (name, partner))
            files |= {
                f"{name}/__init__.py": "",
                f"{name}/models.py": f"from django.db import models\nclass {name.title()}(models.Model): pass\n"
                f"class {name.title()}Line(models.Model):\n    of = models.ForeignKey({name.title()}, models.CASCADE)\n",
                f"{name}/reading.py": f"{imports}{reading}def {name}_20(): pass\n",
                f"{name}/saving.py": f"from django.db import transaction\n{imports}from {name}.reading import *\n{saving}",
            }
    system = draw(files).system
    # Who does not let writes tie anything gets what many transactions span.
    options = SplitOptions(weights={"writes": 0, "transactions": 0}, smallest=Smallest(lines=0, tables=0))
    proposal = propose(system, options)
    assert proposal.recommendation.split == "merged"
    fine = next(split for split in proposal.splits if split.name == proposal.ladder.split)
    assert (len(fine.services), proposal.ladder.rungs[0].services, proposal.ladder.rungs[0].joined) == (6, 6, "")
    assert len(proposal.ladder.rungs) > 3
    assert not any(reason.startswith("with fewer services") for reason in proposal.recommendation.reasons)

    asked = propose(system, options._replace(services=(5, 5)))
    rung = next(split for split in asked.splits if split.name == "merged")
    assert len(rung.services) == 5
    assert rung.generator.startswith(f"the 6 services of {fine.name}, ")
