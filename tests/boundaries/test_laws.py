"""Laws that hold for every split, whatever is drawn."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score
from sklearn.metrics.cluster import pair_confusion_matrix

from decompose.boundaries.agreement import adjusted_rand_index, mojo_fm, pairwise_f1
from decompose.boundaries.clustering import Edges, agreement, explained, marks_of
from decompose.boundaries.generators.refinement import Refinement
from decompose.boundaries.grains import whole_in
from decompose.boundaries.graph import EvidenceGraph
from decompose.boundaries.likeness import likeness
from decompose.boundaries.scores import Scorer
from decompose.system.model import Access, CallCounts, Definition, Dependency, System, Table, Transaction, Unit

LABELS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=40)


@settings(deadline=None)
@given(LABELS)
def test_agreement_is_that_of_the_reference(pairs: list[tuple[int, int]]) -> None:
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    assert adjusted_rand_index(pairs) == pytest.approx(adjusted_rand_score(first, second))
    assert agreement(np.array(first), np.array(second)) == pytest.approx(adjusted_rand_score(first, second))
    (_, found), (missed, both) = pair_confusion_matrix(second, first)
    if both + found + missed:
        assert pairwise_f1(pairs) == pytest.approx(2 * both / (2 * both + found + missed))


@settings(deadline=None)
@given(LABELS, st.permutations(range(5)), st.permutations(range(5)))
def test_whether_a_module_is_whole_does_not_hang_on_numbers(
    pairs: list[tuple[int, int]], of_modules: list[int], of_communities: list[int]
) -> None:
    pairs = [*pairs, *((number, number) for number in range(5))]  # communities are numbered without gaps
    modules, labels = np.array([a for a, _ in pairs]), np.array([b for _, b in pairs])
    found = dict(zip(*map(np.ndarray.tolist, whole_in(labels, modules)), strict=True))
    again = dict(
        zip(
            *map(np.ndarray.tolist, whole_in(np.array(of_communities)[labels], np.array(of_modules)[modules])),
            strict=True,
        )
    )
    assert {of_modules[module]: pytest.approx(likely, abs=1e-6) for module, likely in found.items()} == again


def test_a_module_is_whole_in_a_partition_with_as_many_communities_as_modules() -> None:
    # Twenty thousand of both: a table with a cell for each pair would need gigabytes.
    modules = np.repeat(np.arange(20_000), 2)
    found = whole_in(modules, modules)
    assert (len(found.modules), bool((found.likely > 0.9).all())) == (20_000, True)
    scattered = whole_in(np.random.default_rng(0).permutation(modules), modules)
    assert scattered.likely.max() < found.likely.min()


def test_the_noise_of_an_edge_is_its_own_whatever_else_there_is() -> None:
    names = [f"m{number:02}:f" for number in range(60)]
    pairs = {(a, b): 1.0 for a in range(60) for b in range(a + 1, 60)}
    before = Edges.of(pairs)
    noise = before.perturbed(1, 0.1, marks_of(names))
    # A unit that comes first by its name, with ties of its own, moves the numbers of all others.
    more = Edges.of({(a + 1, b + 1): weight for (a, b), weight in pairs.items()} | {(0, b): 1.0 for b in range(1, 9)})
    again = more.perturbed(1, 0.1, marks_of(["a:new", *names]))
    assert again.weights[more.ends[:, 0] > 0].tolist() == noise.weights.tolist()
    logarithms = np.log(noise.weights)
    assert logarithms.mean() == pytest.approx(0, abs=0.01)
    assert logarithms.std() == pytest.approx(0.1, abs=0.01)
    other = np.log(before.perturbed(2, 0.1, marks_of(names)).weights)
    assert np.corrcoef(logarithms, other)[0, 1] == pytest.approx(0, abs=0.1)


def test_groups_are_marked_by_one_of_theirs_whatever_their_numbers_are() -> None:
    names = ["a:f", "a:g", "b:f", "c:f"]
    first = marks_of(names, np.array([0, 0, 1, 2]))
    second = marks_of(names, np.array([2, 2, 0, 1]))
    assert first.tolist() == second[[2, 0, 1]].tolist()
    assert len(set(first.tolist())) == 3


def test_mojo_fm_counts_moves_and_joins() -> None:
    assert mojo_fm([(0, 0), (0, 0), (1, 1)]) == 1.0
    # Two clusters that are one group join: 1 of the most, which is 4 items less the 1 that one group of 4 keeps.
    assert mojo_fm([(0, 0), (0, 0), (1, 0), (1, 0)]) == pytest.approx(1 - 1 / 3)
    # One item has to move to the other group; the most is 4 - 2.
    assert mojo_fm([(0, 0), (0, 0), (0, 1), (1, 1)]) == pytest.approx(1 - 1 / 2)


def test_the_partition_that_was_planted_explains_the_edges_in_the_fewest_words() -> None:
    planted = np.repeat(np.arange(6), 8)
    random = np.random.default_rng(4)
    weights = {
        (a, b): 1.0
        for a in range(48)
        for b in range(a + 1, 48)
        if random.random() < (0.7 if planted[a] == planted[b] else 0.04)
    }
    edges = Edges.of(weights)
    lengths = [explained(labels, edges).length(1.0) for labels in (planted, planted // 2, np.arange(48), planted * 0)]
    assert lengths[0] == min(lengths)
    halves = planted * 2 + np.arange(48) % 2
    assert lengths[0] < explained(halves, edges).length(1.0)


def test_weights_are_whole_multiples_whatever_the_last_bits_say() -> None:
    third = 1 / 3
    one, other = Edges.of({(0, 1): third}), Edges.of({(0, 1): np.nextafter(third, 1)})
    assert one.weights.tolist() == other.weights.tolist()


def test_things_that_share_a_rare_word_are_alike() -> None:
    found = likeness([["invoice", "pay"], ["invoice", "pay"], ["stock", "pay"], ["stock", "pay"], ["pay"]])
    assert found[0, 1] > 0.5
    assert (0, 4) not in found or found[0, 4] < found[0, 1]


def drawn(calls: list[tuple[int, int]], writes: list[tuple[int, int]], tables: int, units: int) -> System:
    """A system of units that call each other and write tables; every third unit's writes are one transaction."""
    names = [f"m{n % 5}:f{n}" for n in range(units)]
    return System(
        name="drawn", roots=(), files=1, lines=1,
        definitions=tuple(
            Definition(id=n, kind="function", file=f"{n[:2]}.py", line=1, end_line=2, unit=n) for n in names
        ),
        units=tuple(
            Unit(id=n, kind="function", file=f"{n[:2]}.py", line=1, end_line=2, lines=2) for n in sorted(names)
        ),
        tables=tuple(Table(name=f"t{n}", model="", source="sql", file="m0.py", line=1) for n in range(tables)),
        foreign_keys=(),
        dependencies=tuple(
            Dependency(
                source=names[a], target=names[b], kind="call", resolution="exact", rule="name", file="m0.py", line=1
            )
            for a, b in calls
        ),
        external_calls=(),
        accesses=tuple(
            Access(
                definition=names[u], table=f"t{t}", operation="update", columns=(), role="execute", resolution="exact",
                rule="x", file="m0.py", line=1,
            )
            for u, t in writes
        ),
        transactions=tuple(
            Transaction(
                definition=names[n], scope="session", tables_read=(), file="m0.py", line=1,
                tables_written=tuple(sorted({f"t{t}" for u, t in writes if u == n})),
            )
            for n in range(0, units, 3)
        ),
        entry_points=(), blind_spots=(), call_counts=CallCounts(),
    )  # fmt: skip


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 14), st.integers(0, 14)), max_size=40),
    st.lists(st.tuples(st.integers(0, 14), st.integers(0, 5)), max_size=20),
    st.lists(st.integers(0, 3), min_size=21, max_size=21),
)
def test_refinement_makes_nothing_worse_and_a_move_back_takes_back_what_the_move_changed(
    calls: list[tuple[int, int]], writes: list[tuple[int, int]], labels: list[int]
) -> None:
    refinement = Refinement(Scorer(EvidenceGraph(drawn(calls, writes, 6, 15))))
    before = refinement.costs(labels)
    front = refinement.front(np.array(labels, dtype=np.int64))
    for better in front:
        assert len(better.labels) == len(labels)
        assert refinement.costs(better.labels.tolist()) == better.costs
        assert better.name == "refined" or not any(other.costs.beats(better.costs) for other in front)
    safe = refinement.costs(refinement._descent(list(labels), None))
    assert all(after <= earlier for after, earlier in zip(safe, before, strict=True))
    for node, own in enumerate(labels):
        other = (own + 1) % 4
        moved = [*labels[:node], other, *labels[node + 1 :]]
        (there,) = refinement._changes(node, own, [other], labels, refinement._inside(labels))
        after = refinement.costs(moved)
        assert there == tuple(a - b for a, b in zip(after, before, strict=True))
        (back,) = refinement._changes(node, other, [own], moved, refinement._inside(moved))
        assert back == tuple(-change for change in there)


_DRAW = """
import sys
from decompose import api
from decompose.runs.document import encode
sys.stdout.buffer.write(encode(api.analyze(sys.argv[1], cache_folder=None, jobs=int(sys.argv[2]))))
"""


def test_every_run_gives_the_same_bytes(tmp_path: Path) -> None:
    from tests.applications import three_domains

    for path, source in three_domains().items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(source)
    documents = {
        subprocess.run(
            [sys.executable, "-c", _DRAW, str(tmp_path), jobs],
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed, jobs in (("1", "1"), ("2", "2"))
    }
    assert len(documents) == 1
