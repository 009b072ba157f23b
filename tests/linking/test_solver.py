"""The sets of values that the solver shares between nodes, and which values a node keeps that gets too many."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from decompose.linking.solver import Solver

_SIDE = 120


class _Unfailing(Solver):
    def failed(self, arguments: tuple[Any, ...], problem: Exception) -> None:
        raise AssertionError(arguments) from problem


def test_equal_sets_are_one_while_nodes_outgrow_very_many() -> None:
    solver = _Unfailing(bytearray(2 * _SIDE + 1), {})
    pairs = list(product(range(_SIDE), range(_SIDE, 2 * _SIDE)))
    standing, growing = solver.new_nodes(len(pairs)), solver.new_nodes(len(pairs))
    for nodes in (standing, growing):
        for node, pair in zip(nodes, pairs, strict=True):
            for value in pair:
                solver.put(node, value)
    for node in growing:
        solver.put(node, 2 * _SIDE)
    solver.run()
    late = solver.new_nodes(len(pairs))
    for node, pair in zip(late, pairs, strict=True):
        for value in pair:
            solver.put(node, value)
            solver.run()
    for first, grown, last, pair in zip(standing, growing, late, pairs, strict=True):
        assert solver.values_of(first) == set(pair)
        assert solver.values_of(grown) == {*pair, 2 * _SIDE}
        assert solver.values_of(last) is solver.values_of(first)


def test_sets_of_none_and_of_one_are_the_same_for_all_who_ask() -> None:
    solver = _Unfailing(bytearray(2), {})
    assert solver.shared(()) is solver.shared([])
    assert solver.shared((1,)) is solver.single(1)
    assert solver.shared((1, 0)) == {0, 1}


@pytest.mark.parametrize("before", range(0, 70, 7))
def test_what_a_full_node_keeps_does_not_hang_on_how_many_values_there_were_before(before: int) -> None:
    """Those that came first of what is made one by one, however the numbers lie in a set."""
    solver = _Unfailing(bytearray(before + 110), dict(enumerate(range(before + 110))))
    every, full = solver.new_nodes(2)
    solver.add(every, frozenset(range(before, before + 40)))
    solver.add(full, frozenset(range(before + 80, before + 110)))
    solver.run()

    def make(new: frozenset[int]) -> None:
        for value in new:
            solver.put(full, value + 40)

    solver.watch(every, make)
    assert solver.values_of(full) == frozenset((*range(before + 40, before + 50), *range(before + 80, before + 110)))


def test_a_full_node_keeps_of_many_that_come_at_once_those_of_low_rank() -> None:
    faint = 12
    for numbers in ("abcdefghijkl", "lkjihgfedcba", "gahbicjdkelf"):
        solver = _Unfailing(bytearray([1] * faint), dict(enumerate(numbers)))
        node = solver.new_node()
        solver.put(node, numbers.index("l"))
        solver.run()
        solver.add(node, frozenset(range(faint)))
        assert "".join(sorted(numbers[value] for value in solver.values_of(node))) == "abcdefgl"
        assert "".join(sorted(numbers[value] for value in solver.left_out[node])) == "hijk"
