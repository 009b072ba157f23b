"""What chance is: orders of the nodes that are the same everywhere."""

from __future__ import annotations

import numpy as np

from decompose.boundaries.scores.chance import orders


def test_every_column_is_an_order_of_all_nodes_and_no_two_are_alike() -> None:
    found = orders(50, 20)
    assert np.array_equal(np.sort(found, axis=0), np.tile(np.arange(50)[:, None], 20))
    assert len({tuple(column) for column in found.T.tolist()}) == 20


def test_the_orders_are_those_that_reports_were_written_with() -> None:
    assert orders(8, 3).T.tolist() == [[7, 6, 4, 5, 3, 0, 1, 2], [4, 7, 2, 0, 5, 3, 1, 6], [6, 7, 5, 2, 1, 0, 3, 4]]


def test_a_node_may_stand_anywhere() -> None:
    places = np.argsort(orders(10, 2000), axis=0)
    met = np.array([np.bincount(row, minlength=10) for row in places])
    assert met.min() > 140
    assert met.max() < 260


def test_nothing_has_one_order() -> None:
    assert orders(0, 3).shape == (0, 3)
