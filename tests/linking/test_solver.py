"""The sets of values that the solver shares between nodes: whatever is forgotten of them, each node keeps its values."""

from __future__ import annotations

from itertools import product
from typing import Any

from decompose.linking.solver import Solver

_SIDE = 120


class _Unfailing(Solver):
    def failed(self, arguments: tuple[Any, ...], problem: Exception) -> None:
        raise AssertionError(arguments) from problem


def test_equal_sets_are_one_while_nodes_outgrow_very_many() -> None:
    solver = _Unfailing(bytearray(2 * _SIDE + 1))
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
    solver = _Unfailing(bytearray(2))
    assert solver.shared(()) is solver.shared([])
    assert solver.shared((1,)) is solver.single(1)
    assert solver.shared((1, 0)) == {0, 1}
