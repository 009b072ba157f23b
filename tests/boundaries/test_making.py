"""Which of the partitions that are tried becomes the split, and how far each of them is trusted."""

from __future__ import annotations

import math
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np
import pytest

from decompose.boundaries.clustering import Edges, agreement
from decompose.boundaries.generators.consensus import clearly_better, trusted
from decompose.boundaries.generators.generator import Sweep
from decompose.boundaries.making import Shaping

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels
    from decompose.boundaries.generators.generator import Material


class AsItIs:
    """Shapes nothing; the last four of its nodes are tables."""

    is_unit = np.arange(104) < 100

    def shaped(self, labels: Labels, most: int, least: int = 1) -> Labels:
        """The labels."""
        return labels


def of_sizes(*sizes: int) -> Labels:
    """Services of so many units; all tables are in the first."""
    return np.concatenate([np.repeat(np.arange(len(sizes)), sizes), np.zeros(4, dtype=np.int64)])


@pytest.mark.parametrize(
    ("largest", "taken"), [pytest.param(45, 0, id="less"), pytest.param(48, 1, id="nearly half"), (50, 1), (60, 1)]
)
def test_where_one_service_would_hold_half_or_nearly_half_more_are_made(largest: int, taken: int) -> None:
    ranked = [of_sizes(largest, 30, 70 - largest), of_sizes(40, 30, 30)]
    found = Shaping(AsItIs(), None, (2, 4)).first(ranked, divided=True)
    assert found is ranked[taken]


def test_where_one_service_holds_half_however_it_is_divided_the_first_is_taken() -> None:
    ranked = [of_sizes(60, 40), of_sizes(50, 30, 20)]
    assert Shaping(AsItIs(), None, (2, 4)).first(ranked, divided=True) is ranked[0]


@pytest.mark.parametrize("period", [2, 3, 6, 12])
def test_a_partition_is_trusted_by_all_that_others_found_in_whatever_order_they_stand(period: int) -> None:
    alike, other = np.repeat(np.arange(4), 5), np.tile(np.arange(5), 4)
    often = 72
    found = [alike if turn % period == 0 else other for turn in range(often)]
    weights = trusted([*found, alike, other], [0] * often + [1, 2])
    between, share = agreement(alike, other), 1 / period
    of_alike, of_other = share + (1 - share) * between, share * between + 1 - share
    for weight, mean in zip(weights[-2:], (of_alike, of_other), strict=True):
        assert math.sqrt(weight) == pytest.approx(max(0.01, (mean + between) / 2), abs=0.06)


@pytest.mark.parametrize(
    ("more", "fewer", "better"),
    [
        pytest.param(0.032, 0.10, True, id="both"),
        pytest.param(0.05, -0.04, True, id="the ensemble agrees much more"),
        pytest.param(0.006, 0.15, False, id="the ensemble agrees hardly more"),
        pytest.param(0.02, 0.0, False, id="neither clearly"),
        pytest.param(-0.02, 0.5, False, id="the ensemble agrees less"),
    ],
)
def test_modules_are_divided_only_where_the_ensemble_itself_agrees_more_with_that(
    more: float, fewer: float, better: bool
) -> None:
    assert clearly_better(more, fewer) is better


class Noisy(NamedTuple):
    """What a sweep asks of its material: four services with nearly as many ties between them as inside."""

    seed: int
    executor: Executor
    resolutions: tuple[float, ...] = (1.0,)

    @staticmethod
    def edges() -> Edges:
        """The ties."""
        drawn = np.random.default_rng(3)
        pairs = ((a, b) for b in range(80) for a in range(b))
        return Edges.of({(a, b): 1.0 for a, b in pairs if drawn.random() < (0.2 if a % 4 == b % 4 else 0.09)})


def modularity(labels: Labels, edges: Edges) -> float:
    """Of a partition (Newman and Girvan, 2004)."""
    inside = edges.weights[labels[edges.ends[:, 0]] == labels[edges.ends[:, 1]]].sum() / edges.weights.sum()
    shares = np.bincount(labels, edges.strengths(len(labels))) / (2 * edges.weights.sum())
    return float(inside - (shares**2).sum())


def test_the_partition_that_a_generator_tells_first_is_the_best_of_several_runs() -> None:
    better = []
    with ThreadPoolExecutor(1) as executor:
        for seed in range(6):
            material, edges = Noisy(seed, executor), Noisy.edges()
            sweep = Sweep(cast("Material", material), edges, None, 80)
            first, alone = next(sweep.ranked(1.0)), sweep.partition(sweep.best(1.0) or 0)
            better.append(modularity(first, edges) - modularity(alone, edges))
    assert min(better) >= -1e-9
    assert max(better) > 0.001, "or one run would do"
