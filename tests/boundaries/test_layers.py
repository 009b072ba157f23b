"""Which modules are one thing, and how many services code has that is laid out by layer, with something of every domain in each file."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pytest

from decompose.boundaries import SplitOptions, propose
from decompose.boundaries.agreement import adjusted_rand_index
from decompose.boundaries.generators.consensus import BETTER_TOLD, CLEARLY, RANGE, Supported, resolution_of
from decompose.boundaries.generators.packages import modules_of
from decompose.boundaries.grains import grains_of, layered, turns_of, whole_in, wholeness
from decompose.boundaries.graph import EvidenceGraph
from tests.conftest import Draw

DOMAINS = ("billing", "catalog", "shipping", "support", "payroll")
ENTITIES = ("plan", "note", "rate", "batch")
MIXING = 0.2


def layered_application(seed: int) -> dict[str, str]:
    """Models, repositories, services and views in a file each; a fifth of what is used is of another domain."""
    drawn = random.Random(seed)
    names = [f"{domain}_{entity}" for domain in DOMAINS for entity in ENTITIES]

    def other(name: str) -> str:
        domain = name.partition("_")[0]
        same = drawn.random() > MIXING
        return drawn.choice([one for one in names if one != name and one.startswith(domain) == same])

    files = {
        "models": [
            "from sqlalchemy import Column, ForeignKey, Integer\nfrom sqlalchemy.orm import declarative_base\nBase = declarative_base()\n"
        ],
        "repositories": ["from models import *\n"],
        "services": ["from repositories import *\n"],
        "views": ["from flask import Flask\nfrom services import *\napp = Flask(__name__)\n"],
    }
    for name in drawn.sample(names, len(names)):
        model = name.title().replace("_", "")
        files["models"].append(
            f"class {model}(Base):\n    __tablename__ = '{name}s'\n    id = Column(Integer, primary_key=True)\n"
            f"    other_id = Column(ForeignKey('{other(name)}s.id'))\n"
        )
        files["repositories"].append(
            f"def find_{name}(session, key):\n    return session.query({model}).get(key)\n"
            f"def add_{name}(session):\n    session.add({model}())\n"
        )
        for verb in ("open", "close"):
            files["services"].append(
                f"def {verb}_{name}(session, key):\n    find_{name}(session, key)\n    add_{name}(session)\n"
                f"    find_{other(name)}(session, key)\n    add_{other(name)}(session)\n"
            )
            files["views"].append(
                f"@app.route('/{name}/{verb}')\ndef {verb}_{name}_view(session, key):\n    return {verb}_{name}(session, key)\n"
            )
    return {f"{layer}.py": "\n".join(texts) for layer, texts in files.items()}


def test_code_that_is_laid_out_by_layer_has_about_as_many_services_as_domains(draw: Draw) -> None:
    for seed in (1, 2):
        proposal = propose(draw(layered_application(seed)).system, SplitOptions())
        split = next(split for split in proposal.splits if split.name == "consensus")
        assert abs(len(split.services) - len(DOMAINS)) <= 1


def test_a_module_that_only_small_services_would_divide_is_whole(draw: Draw) -> None:
    modules, functions = 8, range(8)
    files = {f"part{m}.py": "\n".join(f"def act{f}(): pass" for f in functions) for m in range(modules)}
    graph = EvidenceGraph(draw(files).system)
    node = {(m, f): graph.unit_node[f"part{m}:act{f}"] for m in range(modules) for f in functions}

    def look(community: dict[int, int], *spread: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        labels = np.full(len(graph.members), -2)
        for (m, f), at in node.items():
            labels[at] = f % modules if m in spread else community[m]
        return labels

    coarse = look({m: m // 2 for m in range(modules)}, 7)
    fine = look({m: m for m in range(modules)}, 0, 7)

    def parts(*looks: list[np.ndarray[tuple[int], np.dtype[np.int64]]]) -> list[int]:
        own = modules_of(graph)
        told = [[whole_in(labels, own) for labels in at_one] for at_one in looks]
        grains = grains_of(own, wholeness(int(own.max()) + 1, told))
        return [len({grains[node[m, f]] for f in functions}) for m in range(modules)]

    assert parts([coarse], [fine], [fine]) == [1, 1, 1, 1, 1, 1, 1, len(functions)]
    # What looks that differ by chance alone tell otherwise each time is no reason to divide a module either.
    whole = look({m: m for m in range(modules)}, 7)
    assert parts([fine, fine, whole]) == [1, 1, 1, 1, 1, 1, 1, len(functions)]
    assert parts([fine, fine, fine]) == [len(functions), 1, 1, 1, 1, 1, 1, len(functions)]


def test_a_module_that_is_hardly_whole_or_hardly_not_is_divided_in_some_turns(draw: Draw) -> None:
    graph = EvidenceGraph(draw({f"{name}.py": "def one(): pass\ndef two(): pass" for name in "ab"}).system)
    modules, turns = modules_of(graph), 20
    first, whole = modules == 0, np.ones(modules.max() + 1)

    def divided(likely: float) -> int:
        """In how many turns the first module is divided; the other is whole in all of them."""
        whole[0] = likely
        looked = turns_of(modules, whole, np.array([3_000_000_000, 1_000_000_000], dtype=np.uint64))
        grains = [looked.grains(turn) for turn in range(turns)]
        assert all(len({*one[~first].tolist()}) == 1 for one in grains)
        assert all(np.array_equal(one, looked.grains(turn)) for turn, one in enumerate(grains))
        return sum(len({*one[first].tolist()}) > 1 for one in grains)

    found = [divided(likely) for likely in (0.0, 0.1, 0.25, 0.29, 0.31, 0.35, 0.5, 1.0)]
    assert found[:2] == [turns, turns]
    assert found[-2:] == [0, 0]
    assert found == sorted(found, reverse=True)
    # Chance decides on which side of the margin it lies, and so hardly anything.
    assert found[3] - found[4] <= 2
    assert [count not in (0, turns) for count in found[2:6]] == [True] * 4


def test_what_is_hardly_better_does_not_decide_between_few_services_and_many() -> None:
    def resolution(best: Sequence[int], shorter: float = 0.0, more: float = 0.0) -> float:
        """Where some resolutions are so much better than all others, by length and by support."""
        ones = np.zeros(len(RANGE))
        ones[[*best]] = 1.0
        return resolution_of([Supported(0.5 + more * one, 1.0 - shorter * one, np.zeros(1, dtype=int)) for one in ones])

    half, plain = RANGE.index(0.5), RANGE.index(1.0)
    low, near, high = range(half - 1, half + 2), range(plain - 1, plain + 2), range(plain + 1, len(RANGE))
    for share in (0.0, 0.2):
        assert resolution(low, shorter=BETTER_TOLD * share, more=CLEARLY * share) == 1.0, share
    for share in (2.0, 10.0):
        assert resolution(low, shorter=BETTER_TOLD * share) == 0.5, share
    assert resolution(low, more=10 * CLEARLY) == 0.5
    assert resolution(range(2), shorter=10 * BETTER_TOLD) == 0.25
    # A single one that stands out is chance, and which of those near each other is best is another with each seed.
    assert resolution([half], more=CLEARLY) == 1.0
    assert {resolution([best], shorter=10 * BETTER_TOLD, more=10 * CLEARLY) for best in near} == {1.0}
    # To divide more than modularity does, more than this would have to be known.
    assert resolution(high, shorter=10 * BETTER_TOLD, more=10 * CLEARLY) == 1.0


def test_a_module_that_is_as_likely_whole_as_not_is_counted_by_half_as_of_a_layer(draw: Draw) -> None:
    graph = EvidenceGraph(draw({f"{name}.py": "def one(): pass\ndef two(): pass" for name in ("a", "b")}).system)
    whole = np.ones(modules_of(graph).max() + 1)
    shares = []
    for likely in (0.0, 0.29, 0.31, 1.0):
        whole[0] = likely
        shares.append(layered(modules_of(graph), whole))
    assert shares[0] == 0.5
    assert shares[-1] == 0.0
    assert shares[1] == pytest.approx(0.25, abs=0.03)
    assert shares[1] - shares[2] < 0.05


GLUED = {
    "billing_plan": "first",
    "billing_note": "first",
    "catalog_plan": "first",
    "shipping_plan": "second",
    "shipping_note": "second",
    "support_plan": "second",
}
"""Models of two domains in one module each; all others have modules of their own, and all views stand in one."""


def application_with_glue(seed: int) -> tuple[dict[str, str], dict[str, str]]:
    """Files whose names tell nothing, three in ten uses of another domain; and the domain of each unit."""
    drawn = random.Random(seed)
    names = [f"{domain}_{entity}" for domain in DOMAINS for entity in ENTITIES]

    def other(name: str) -> str:
        domain = name.partition("_")[0]
        same = drawn.random() > 0.3
        return drawn.choice([one for one in names if one != name and one.startswith(domain) == same])

    number = {name: at for at, name in enumerate(drawn.sample(names, len(names)))}
    model = {name: name.title().replace("_", "") for name in names}
    place = {name: GLUED.get(name, f"m{number[name]}") for name in names}
    files = {
        "base.py": "from sqlalchemy import Column, ForeignKey, Integer\n"
        "from sqlalchemy.orm import declarative_base\nBase = declarative_base()\n"
    }
    files |= {f"{module}.py": "from base import *\n" for module in sorted(set(place.values()))}
    files["views.py"] = ""
    domains = {}
    for name in names:
        files[f"{place[name]}.py"] += (
            f"class {model[name]}(Base):\n    __tablename__ = 't{number[name]}'\n"
            f"    id = Column(Integer, primary_key=True)\n"
            f"    other_id = Column(ForeignKey('t{number[other(name)]}.id'))\n"
        )
        domains[f"{place[name]}:{model[name]}"] = name.partition("_")[0]
    for name in names:
        used = [name, *(other(name) for _ in range(3))]
        files[f"s{number[name]}.py"] = "".join(
            f"from {place[one]} import {model[one]}\nfrom {place[name]} import {model[name]}\n"
            f"def act{turn}_{number[name]}(session):\n    session.add({model[one]}())\n"
            f"    return session.query({model[name]}).all()\n"
            for turn, one in enumerate(used)
        )
        domains |= {f"s{number[name]}:act{turn}_{number[name]}": name.partition("_")[0] for turn in range(4)}
        files["views.py"] += f"import s{number[name]}\n" + "".join(
            f"def view{turn}_{number[name]}(session):\n    return s{number[name]}.act{turn}_{number[name]}(session)\n"
            for turn in range(2)
        )
    return files, domains


def test_modules_with_something_of_two_domains_do_not_hold_these_together(draw: Draw) -> None:
    files, domains = application_with_glue(10)
    split = next(split for split in propose(draw(files).system).splits if split.name == "consensus")
    home = split.services_of()
    assert adjusted_rand_index([(home[unit], domain) for unit, domain in domains.items() if unit in home]) > 0.95
